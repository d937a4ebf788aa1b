import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { kill, peakBytes, startProcess } from './processes.ts'

const environments = join(import.meta.dirname, '../e2e')
/** Python with the versions that the course pins. */
export const coursePython = join(environments, '.venv-course/bin/python')
/** Python with the newest versions of DuckDB, Polars and the rest. */
export const latestPython = join(environments, '.venv-latest/bin/python')

/** A Python process that answers one command at a time: see contestants/worker.py. */
export interface Worker {
  ask<Answer>(command: { do: string; [argument: string]: unknown }): Promise<Answer>
  peakBytes(): number
  stop(): void
}

/** Starts a script of contestants/. */
export function startWorker(python: string, script: string, args: readonly string[] = []): Worker {
  const child = startProcess(python, [join(import.meta.dirname, 'contestants', script), ...args])
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async ask(command) {
      child.stdin.write(`${JSON.stringify(command)}\n`)
      const { value, done } = await answers.next()
      if (done) throw new Error(`${script} ended without an answer to \`${command.do}\`: it said why above`)
      return JSON.parse(value)
    },
    peakBytes: () => peakBytes(child),
    stop: () => kill(child),
  }
}
