import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freePort, ProcessPart } from './part.ts'

const start = join(import.meta.dirname, '../../apps/server/start')

/** Where the servers of a cluster find its parts. */
export interface Deployment {
  catalogue: string
  objects: string
  store: { endpoint: string; credentials: Record<string, string> }
  engine: string
}

/** Makes a server of a cluster. `spool`: the directory for what is under way. */
export async function makeServer(name: string, deployment: Deployment, spool: string): Promise<ProcessPart> {
  const { catalogue, objects, store, engine } = deployment
  const port = await freePort()
  mkdirSync(spool)
  return new ProcessPart({
    name,
    port,
    command: start,
    args: ['--port', String(port), '--data-dir', spool],
    env: {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      TABLE_CATALOGUE: catalogue,
      TABLE_OBJECTS: objects,
      TABLE_S3_ENDPOINT: store.endpoint,
      TABLE_ENGINE_ADDRESS: engine,
      ...store.credentials,
    },
  })
}
