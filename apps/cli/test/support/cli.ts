import { type ChildProcess, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { program } from '../../../../testing/program.ts'
import type { Address } from '../../src/address.ts'

export const main = program('apps/cli/src/main.ts')

export interface Outcome {
  stdout: string
  stderr: string
  exitCode: number | null
}

/** Runs table-cli against `server`, with pipes for its output. */
export function cli(server: Address, ...args: string[]): Promise<Outcome> {
  return cliWith({}, server, ...args)
}

/** Like `cli`, with further environment variables. */
export function cliWith(env: Record<string, string>, server: Address, ...args: string[]): Promise<Outcome> {
  return outcomeOf(spawn(process.execPath, [main, ...args], { env: { ...environment(server), ...env } }))
}

/** Starts table-cli on a pseudo-terminal, which carries both output streams. */
export function cliOnTerminal(
  server: Address,
  args: readonly string[],
  env: Record<string, string> = {},
): ChildProcess {
  const onTerminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'
  return spawn('python3', ['-c', onTerminal, process.execPath, main, ...args], {
    env: { ...environment(server), ...env },
  })
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const exited = new Promise<number | null>(resolve => child.once('close', resolve))
  if (!child.stdout || !child.stderr) throw new Error('the child has no pipes')
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exited])
  return { stdout, stderr, exitCode }
}

export function environment(server: Address): NodeJS.ProcessEnv {
  // Vitest sets FORCE_COLOR or NO_COLOR for itself, and Node takes the terminal of a CI for one without colours.
  const { FORCE_COLOR: _force, NO_COLOR: _no, CI: _ci, ...env } = process.env
  return { ...env, TABLE_SERVER: server.name }
}
