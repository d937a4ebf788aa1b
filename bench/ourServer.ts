// Our server and its TypeScript client, for benches that need no other client.
import { mkdirSync } from 'node:fs'
import { credentials } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'
import { listeningAddress } from './contestants/server.ts'
import { startCommand } from './contestants/servers.ts'
import { type Process, startProcess } from './processes.ts'

export interface OurServer {
  process: Process
  client: TableClient
}

/** Starts our server on a free port over a new data directory. */
export async function startOurServer(dataDir: string, ...flags: string[]): Promise<OurServer> {
  mkdirSync(dataDir)
  const [program, ...args] = startCommand()
  const process = startProcess(program, [...args, '--port', '0', '--data-dir', dataDir, ...flags])
  const address = await listeningAddress('ours', process.stdout)
  const options = { 'grpc.max_send_message_length': -1 }
  return { process, client: new TableClient(address, credentials.createInsecure(), options) }
}

export function upload(client: TableClient, csvData: Buffer): Promise<void> {
  return answered(done => client.upload({ csvData }, done))
}

/** Resolves when a call is answered. Rejects with its error. */
export function answered(
  call: (done: (failure: unknown, answer?: { error: string }) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) =>
    call((failure, answer) =>
      failure || answer?.error ? reject(failure ?? new Error(answer?.error)) : resolve(),
    ),
  )
}
