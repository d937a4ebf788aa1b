import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { type Address, parseAddress } from '../../src/address.ts'

const main = new URL('../../../server/src/main.ts', import.meta.url).pathname

/**
 * Starts the real server as a process until the test ends, with these environment variables and by default on
 * a free port.
 */
export async function startServer(
  dataDir: string,
  { port = 0, env = {} }: { port?: number; env?: Record<string, string> } = {},
): Promise<{ address: Address; process: ChildProcess }> {
  const child = spawn(process.execPath, [main, '--port', String(port), '--data-dir', dataDir], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill()
    await once(child, 'exit')
  })
  let output = ''
  for await (const text of child.stdout.setEncoding('utf8')) {
    output += text
    const [, address] = /^listening on (\S+)\n/.exec(output) ?? []
    if (address) return { address: parseAddress(address), process: child }
  }
  throw new Error(`the server ended before it listened: ${output}`)
}
