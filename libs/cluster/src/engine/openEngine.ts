import { StorageError } from '@table/storage'
import type { Engine } from './engine.ts'
import { SparkConnect } from './sparkConnect.ts'

/** How long an engine may take to say its version, in ms: it may be starting too. */
const START_LIMIT = 60_000

/** Opens the engine at `sc://host:port`, or at several such addresses. Throws StorageError `unusable` if it cannot be used. */
export async function openEngine(addresses: string): Promise<Engine> {
  let engine: Engine | undefined
  try {
    engine = new SparkConnect(addresses)
    await engine.version(AbortSignal.timeout(START_LIMIT))
    return engine
  } catch (error) {
    engine?.close()
    throw new StorageError('unusable', `--engine: ${(error as Error).message}`, { cause: error })
  }
}
