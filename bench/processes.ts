import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'
import type { Readable, Writable } from 'node:stream'

export type Process = ChildProcessByStdio<Writable, Readable, null>

const cwd = dirname(import.meta.dirname)
/** Puts the Node that runs the bench first on the path. The lines of calls go nowhere, unless somebody wants them. */
const env = {
  TABLE_LOG_LEVEL: 'warn',
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
}
const started: ChildProcess[] = []

/**
 * Starts a program of the bench in the repository's root, with our stderr. The program gets a process group
 * of its own, so that Ctrl-C reaches only the bench, which then ends everything. `more`: environment
 * variables.
 */
export function startProcess(
  program: string,
  args: readonly string[],
  more: Record<string, string> = {},
): Process {
  const child = spawn(program, args, {
    cwd,
    env: { ...env, ...more },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  child.on('error', error => console.error(`bench: cannot start ${program}: ${error.message}`))
  child.stdin.on('error', () => {}) // the process has ended, which the reader of its output notices
  started.push(child)
  return child
}

/** Kills a process. All data is temporary, so no process needs to end cleanly. */
export function kill(child: ChildProcess): void {
  child.kill('SIGKILL')
}

/** Kills every process that was started. */
export function killAll(): void {
  for (const child of started) kill(child)
}

/** Returns the most memory that the process and all its threads have held: VmHWM of Linux's /proc. */
export function peakBytes({ pid }: ChildProcess): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (kib === undefined) throw new Error(`/proc/${pid}/status has no VmHWM: has the process ended?`)
  return Number(kib) * 1024
}

/** Lowers VmHWM to what the process holds now. */
export function forgetPeak({ pid }: ChildProcess): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Linux counts CPU time in hundredths of a second. */
const TICK = 10

/** Returns the CPU time in ms that a process has used, with all processes that it has started. */
export function cpuTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // utime, stime, and both of the children that have ended.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return children.reduce((sum, child) => sum + cpuTime(Number(child)), ticks * TICK)
}
