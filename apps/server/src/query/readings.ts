import { readFile } from 'node:fs/promises'
import type { Reading } from '../observe/metrics.ts'
import type { QueryProcess } from './queryProcess.ts'

/** Returns what there is to know of the process that answers SQL. */
export function readingsOf(process: QueryProcess): Reading[] {
  return [
    {
      kind: 'gauge',
      name: 'table_query_process_running',
      help: '1 while the process that answers SQL runs, else 0.',
      read: () => (process.pid === undefined ? 0 : 1),
    },
    {
      kind: 'counter',
      name: 'table_query_process_restarts_total',
      help: 'Starts of the process that answers SQL in place of one that had ended by itself.',
      read: () => process.restarts,
    },
    {
      kind: 'gauge',
      name: 'table_query_process_resident_bytes',
      help: 'Memory of the process that answers SQL, 0 if it does not run.',
      read: () => residentBytes(process.pid),
    },
  ]
}

async function residentBytes(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'latin1')) ?? []
    return 1024 * Number(kibibytes ?? 0)
  } catch {
    return 0 // the process has ended, or the system has no /proc
  }
}
