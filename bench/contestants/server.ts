import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { forgetPeak, kill, peakBytes, startProcess } from '../processes.ts'
import { coursePython, startWorker } from '../worker.ts'
import type { ServerContestant } from './contestant.ts'

/**
 * Starts a server on a free port with an empty `dataDir`, and the gRPC client that talks to it. Every server
 * gets the same Python client, in a process of its own. `command` must print `listening on HOST:PORT`.
 */
export async function startServer(
  name: string,
  [program, ...args]: readonly [string, ...string[]],
  dataDir: string,
): Promise<ServerContestant> {
  mkdirSync(dataDir, { recursive: true })
  const server = startProcess(program, [...args, '--port', '0', '--data-dir', dataDir])
  const address = await listeningAddress(name, server.stdout)
  const client = startWorker(coursePython, 'grpc_client.py', [address])
  let highest = 0
  return {
    name,
    dataDir,
    async upload(files, clients) {
      const { ms } = await client.ask<{ ms: number }>({ do: 'upload', files, clients })
      return ms
    },
    async sum(column, format) {
      const { ms, total } = await client.ask<{ ms: number; total: string }>({ do: 'sum', column, format })
      return { ms, total: BigInt(total) }
    },
    peakBytes: () => peakBytes(server),
    forgetPeak() {
      highest = Math.max(highest, peakBytes(server))
      forgetPeak(server)
    },
    highestPeakBytes: () => Math.max(highest, peakBytes(server)),
    stop() {
      client.stop()
      kill(server)
    },
  }
}

export async function listeningAddress(name: string, output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const address = /^listening on (.+)$/.exec(line)?.[1]
    if (address !== undefined) return address
  }
  throw new Error(`${name} ended before it printed \`listening on HOST:PORT\``)
}
