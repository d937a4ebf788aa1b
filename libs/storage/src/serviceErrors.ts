// What callers of a table see of the errors of the storage.
import { ServiceError, type ServiceErrorCode } from '@table/table'
import { StorageError, type StorageErrorCode, shortageOf } from './errors.ts'

const serviceCode: Record<StorageErrorCode, ServiceErrorCode> = {
  invalid: 'invalid-data',
  'too-large': 'too-large',
  'disk-full': 'disk-full',
  exhausted: 'unavailable',
  damaged: 'damaged',
  unusable: 'unavailable',
  cancelled: 'cancelled',
  undecided: 'unavailable',
  heavy: 'internal',
}

let log: (message: string) => void = console.error

/** Sets who is told what clients must not see. */
export function setErrorLog(say: (message: string) => void): void {
  log = say
}

/** Turns the storage errors of some work into those of the service. */
export async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw forService(error)
  }
}

/** The same for work that yields parts. */
export async function* translatedParts(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* parts
  } catch (error) {
    throw forService(error)
  }
}

/**
 * Turns a storage error into a `ServiceError`, and logs what clients must not see. Other errors are
 * returned unchanged.
 */
export function forService(error: unknown): unknown {
  const known = error instanceof StorageError ? error : shortageOf(error)
  if (!known) return error
  const { code, message, forClients } = known
  if (code === 'damaged' || message !== forClients) log(message)
  return new ServiceError(serviceCode[code], forClients, { cause: known })
}
