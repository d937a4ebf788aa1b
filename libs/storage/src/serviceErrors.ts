// What callers of a table see of the errors of the storage.
import { ServiceError, type ServiceErrorCode, type StoredFile } from '@table/table'
import { StorageError, type StorageErrorCode, shortageOf } from './errors.ts'
import { log } from './log.ts'

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

/** The same for a stored file. */
export function translatedFile(file: StoredFile): StoredFile {
  return {
    bytes: file.bytes,
    version: file.version,
    parts: () => translatedParts(file.parts()),
    range: (start, end) => translatedParts(file.range(start, end)),
    close: () => file.close(),
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
  if (code === 'damaged' || message !== forClients) log.error(message)
  return new ServiceError(serviceCode[code], forClients, { cause: known })
}
