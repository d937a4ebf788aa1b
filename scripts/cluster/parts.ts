import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeEngine } from './engine.ts'
import { installParts } from './install.ts'
import { makeObjectStore, type ObjectStore } from './objectStore.ts'
import type { Part, ProcessPart } from './part.ts'
import { makePostgres, type Postgres } from './postgres.ts'
import { type Deployment, makeServer } from './server.ts'

/** What a cluster consists of beside our servers, on this machine. */
export interface Parts {
  postgres: Postgres
  store: ObjectStore
  engine: Part
  /** The deployment that these parts make, with an empty database and an empty bucket. */
  deployment: Deployment
  /** Starts a server. Without a deployment of its own, it belongs to `deployment`. */
  startServer(name: string, deployment?: Deployment): Promise<ProcessPart>
  /** Stops every part and every server, and removes everything that they have kept. */
  close(): Promise<void>
}

/** Installs what is missing, and starts all parts, each on a free port. */
export async function startParts(): Promise<Parts> {
  installParts()
  const directory = mkdtempSync(join(tmpdir(), 'table-cluster-'))
  chmodSync(directory, 0o711) // PostgreSQL runs as another user
  mkdirSync(join(directory, 'store'))
  const store = await makeObjectStore(join(directory, 'store'))
  const postgres = await makePostgres(join(directory, 'postgres'))
  const engine = await makeEngine(store, directory)
  const parts = [postgres, store, engine]
  const servers: ProcessPart[] = []
  const close = async () => {
    for (const group of [servers, parts]) await Promise.all(group.map(part => part.stop()))
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await Promise.all(parts.map(part => part.start()))
  } catch (error) {
    await close()
    throw error
  }
  store.bucket('table')
  const deployment = {
    catalogue: postgres.database('table'),
    objects: 's3://table',
    store,
    engine: `sc://127.0.0.1:${engine.port}`,
  }
  let spools = 0
  const startServer = async (name: string, to: Deployment = deployment) => {
    const server = await makeServer(name, to, join(directory, `spool-${spools++}`))
    servers.push(server)
    await server.start()
    return server
  }
  return { postgres, store, engine, deployment, startServer, close }
}
