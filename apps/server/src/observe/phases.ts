import { AsyncLocalStorage } from 'node:async_hooks'
import { now, type Phase } from './callRecord.ts'

const current = new AsyncLocalStorage<Phase[]>()

/** Does the work of a call, whose phases are noted. */
export function notingPhases<T>(phases: Phase[], work: () => T): T {
  return current.run(phases, work)
}

/** Does a part of the work of a call, and notes how long it took if the call is traced. */
export async function phase<T>(name: string, work: () => Promise<T>): Promise<T> {
  const phases = current.getStore()
  if (!phases) return work()
  const from = now()
  try {
    return await work()
  } finally {
    phases.push({ name, from, to: now() })
  }
}
