import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installParts } from './install.ts'
import { makeObjectStore, type ObjectStore } from './objectStore.ts'
import type { Part } from './part.ts'
import { makePostgres, type Postgres } from './postgres.ts'
import { makeSail } from './sail.ts'

/** What a cluster consists of beside our servers, on this machine. */
export interface Parts {
  postgres: Postgres
  store: ObjectStore
  engine: Part
  /** Stops every part, and removes everything that they have kept. */
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
  const engine = await makeSail(store)
  const parts = [postgres, store, engine]
  const close = async () => {
    await Promise.all(parts.map(part => part.stop()))
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await Promise.all(parts.map(part => part.start()))
  } catch (error) {
    await close()
    throw error
  }
  return { postgres, store, engine, close }
}
