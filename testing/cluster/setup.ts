import type { TestProject } from 'vitest/node'
import { startParts } from '../../scripts/cluster/parts.ts'

/** The parts that all tests of a run share. Each test takes a database and a bucket of its own: `database` and `bucket`. */
export interface SharedParts {
  postgresPort: number
  /** The store's address, and what a client of it needs as environment variables. */
  endpoint: string
  credentials: Record<string, string>
  /** The folder that has a folder for each bucket, with the objects as files. */
  buckets: string
  enginePort: number
}

declare module 'vitest' {
  interface ProvidedContext {
    parts: SharedParts
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { postgres, store, engine, close } = await startParts()
  provide('parts', {
    postgresPort: postgres.port,
    endpoint: store.endpoint,
    credentials: store.credentials,
    buckets: store.buckets,
    enginePort: engine.port,
  })
  return close
}
