import { spawn } from 'node:child_process'
import { root } from './repository.ts'

export interface Finished {
  stdout: Buffer
  stderr: string
  code: number | null
}

export interface RunOptions {
  cwd?: string
  env?: Record<string, string>
}

/** Runs a program without standard input to its end, whatever its exit code. */
export function run(
  command: string,
  args: string[],
  { cwd = root, env }: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const stdout: Buffer[] = []
    let stderr = ''
    child.stdout.on('data', bytes => stdout.push(bytes))
    child.stderr.setEncoding('utf8').on('data', text => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', code => resolve({ stdout: Buffer.concat(stdout), stderr, code }))
  })
}

/** Returns the standard output of a program that must exit with 0. */
export async function outputBytes(command: string, args: string[], options?: RunOptions): Promise<Buffer> {
  const { stdout, stderr, code } = await run(command, args, options)
  if (code === 0) return stdout
  throw new Error(`${command} ${args.join(' ')} ended with exit code ${code}:\n${stderr}${stdout}`)
}

/** Like `outputBytes`, as text without the last line end. */
export async function output(command: string, args: string[], options?: RunOptions): Promise<string> {
  return (await outputBytes(command, args, options)).toString().trimEnd()
}
