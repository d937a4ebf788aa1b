import { Metadata, type StatusObject, status } from '@grpc/grpc-js'
import { StorageError, type StorageErrorCode } from '@table/storage'
import { StatusError } from './errors.ts'

const statusOfCode: Record<Exclude<StorageErrorCode, 'invalid'>, status> = {
  'too-large': status.RESOURCE_EXHAUSTED,
  'disk-full': status.RESOURCE_EXHAUSTED,
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
  if (error instanceof StorageError) {
    if (error.code === 'invalid') return { error: error.message }
    if (error.code === 'damaged') console.error(error.message)
    return { code: statusOfCode[error.code], details: error.message, metadata: new Metadata() }
  }
  console.error(error)
  return { code: status.INTERNAL, details: 'internal error', metadata: new Metadata() }
}
