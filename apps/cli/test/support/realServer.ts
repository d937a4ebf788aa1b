import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { serverProgram } from '../../../../testing/program.ts'
import { type Address, parseAddress } from '../../src/address.ts'
import { newDirectory } from './directory.ts'

interface Options {
  port?: number
  env?: Record<string, string>
}

interface RunningServer {
  address: Address
  process: ChildProcess
}

/**
 * Starts the real server as a process until the test ends, with these environment variables and by default on
 * a free port.
 */
export async function startServer(dataDir: string, options: Options = {}): Promise<RunningServer> {
  const child = spawnServer(dataDir, options)
  onTestFinished(() => stop(child))
  return { address: await addressOf(child), process: child }
}

/**
 * Starts one real server for all tests of a file, by default with a data directory of its own. Returns its address, which is known
 * once the tests run.
 */
export function serverOfFile(dataDir?: string): () => Address {
  let address: Address | undefined
  let end: (() => Promise<void>) | undefined
  beforeAll(async () => {
    const { path, remove } = newDirectory()
    const child = spawnServer(dataDir ?? path, {})
    end = async () => {
      await stop(child)
      remove()
    }
    address = await addressOf(child)
  })
  afterAll(() => end?.())
  return () => {
    if (!address) throw new Error('the server is not there yet')
    return address
  }
}

function spawnServer(dataDir: string, { port = 0, env = {} }: Options): ChildProcess {
  return spawn(process.execPath, [...serverProgram(), '--port', String(port), '--data-dir', dataDir], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

async function addressOf({ stdout }: ChildProcess): Promise<Address> {
  let output = ''
  for await (const text of stdout?.setEncoding('utf8') ?? []) {
    output += text
    const [, address] = /^listening on (\S+)\n/.exec(output) ?? []
    if (address) return parseAddress(address)
  }
  throw new Error(`the server ended before it listened: ${output}`)
}
