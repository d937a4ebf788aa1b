import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'

export type Process = ChildProcessByStdio<Writable, Readable, null>

const started: ChildProcess[] = []

/**
 * Starts a program of the bench. Its stderr is ours. It gets a process group of its own: Ctrl-C reaches the bench alone,
 * which then ends everything.
 */
export function startProcess(program: string, args: readonly string[]): Process {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  child.on('error', error => console.error(`bench: cannot start ${program}: ${error.message}`))
  child.stdin.on('error', () => {}) // it has ended; whoever waits for its output learns that there
  started.push(child)
  return child
}

/** Ends everything that was started. Nothing of it is worth a farewell: its data is temporary. */
export function killAll(): void {
  for (const child of started) child.kill('SIGKILL')
}

/** The most memory the process has held so far, all its threads together: VmHWM of Linux's /proc. */
export function peakBytes({ pid }: ChildProcess): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kib === undefined) throw new Error(`/proc/${pid}/status has no VmHWM: has the process ended?`)
  return Number(kib) * 1024
}
