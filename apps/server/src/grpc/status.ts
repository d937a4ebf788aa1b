import { Metadata, type StatusObject, status } from '@grpc/grpc-js'
import { StorageError, type StorageErrorCode, shortageOf } from '@table/storage'
import { StatusError } from './statusError.ts'

const statusOfCode: Record<Exclude<StorageErrorCode, 'invalid'>, status> = {
  'too-large': status.RESOURCE_EXHAUSTED,
  'disk-full': status.RESOURCE_EXHAUSTED,
  exhausted: status.UNAVAILABLE,
  damaged: status.DATA_LOSS,
  unusable: status.UNAVAILABLE,
  cancelled: status.CANCELLED,
  undecided: status.UNAVAILABLE,
  heavy: status.INTERNAL,
}

/** What the client sees of an error: a sentence in the response's `error`, or the status that ends the call. */
export type Seen = { error: string } | Pick<StatusObject, 'code' | 'details' | 'metadata'>

/** The one place that turns an error into what the client sees. What the client must not see goes to stderr. */
export function seenByClient(error: unknown): Seen {
  if (error instanceof StatusError)
    return { code: error.code, details: error.message, metadata: error.metadata }
  const known = error instanceof StorageError ? error : shortageOf(error)
  if (known) {
    const { code, message, forClients } = known
    if (code === 'damaged' || message !== forClients) console.error(message)
    if (code === 'invalid') return { error: forClients }
    return { code: statusOfCode[code], details: forClients, metadata: new Metadata() }
  }
  console.error(error)
  return { code: status.INTERNAL, details: 'internal error', metadata: new Metadata() }
}
