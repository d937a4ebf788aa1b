import { program } from '../../testing/program.ts'
import { run } from './run.ts'

interface Outcome {
  stdout: string
  stderr: string
  code: number | null
}

/** Runs `npx table-cli ARGS` in the repository's root, as a user does. npx takes three times the CPU time of the CLI. */
export function npxTableCli(port: number, ...args: string[]): Promise<Outcome> {
  return outcomeOf('npx', ['table-cli', ...args], port, {})
}

/** Returns a function that runs the CLI against the server at `port`. */
export function tableCliOf(
  port: number,
  env: Record<string, string> = {},
): (...args: string[]) => Promise<Outcome> {
  const main = program('apps/cli/src/main.ts')
  return (...args) => outcomeOf(process.execPath, [main, ...args], port, env)
}

async function outcomeOf(
  command: string,
  args: string[],
  port: number,
  env: Record<string, string>,
): Promise<Outcome> {
  const { stdout, stderr, code } = await run(command, args, {
    env: { TABLE_SERVER: `localhost:${port}`, npm_config_loglevel: 'error', ...env },
  })
  return { stdout: stdout.toString(), stderr, code }
}
