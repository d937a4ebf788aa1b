import { writeSync } from 'node:fs'
import { StorageError, type StorageErrorCode, shortageOf } from '@table/storage/worker'
import { collectIfGrown } from '../config/tuning.ts'

/** What a task has come to. Plain data, because a StorageError would lose its class on the way to the main thread. */
export type Outcome<T> = { value: T } | { code: StorageErrorCode; message: string; forClients: string }

/** Runs a task in a worker thread. */
export function outcome<T>(run: () => T): Outcome<T> {
  try {
    return { value: run() }
  } catch (error) {
    const known = error instanceof StorageError ? error : shortageOf(error)
    if (!known) throw error
    if (known.code === 'undecided') abort(known)
    const { code, message, forClients } = known
    return { code, message, forClients }
  } finally {
    collectIfGrown()
  }
}

/**
 * Ends the process at once. Whether the upload was committed is unknown, so no client may get an answer; the
 * next start finds out. Databases do the same when they cannot write their log.
 */
function abort({ message }: StorageError): never {
  writeSync(2, `the server stops: ${message}\n`)
  process.kill(process.pid, 'SIGABRT')
  throw new Error('unreachable')
}
