import { Metadata, status } from '@grpc/grpc-js'
import { shortageOf } from '@table/storage'
import { ServiceError, type ServiceErrorCode } from '@table/table'
import { log } from '../observe/log.ts'
import type { Failure } from './call.ts'

/** An error that only gRPC has, in its framing or encoding. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code: status
  readonly metadata: Metadata

  constructor(code: status, message: string, metadata = new Metadata()) {
    super(message)
    this.code = code
    this.metadata = metadata
  }
}

const statusOfCode: Record<ServiceErrorCode, status> = {
  'invalid-data': status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  'invalid-request': status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  'too-large': status.RESOURCE_EXHAUSTED,
  'disk-full': status.RESOURCE_EXHAUSTED,
  'too-slow': status.DEADLINE_EXCEEDED,
  unavailable: status.UNAVAILABLE,
  cancelled: status.CANCELLED,
  damaged: status.DATA_LOSS,
  unsupported: status.UNIMPLEMENTED,
  internal: status.INTERNAL,
}

const outcomes: Partial<Record<status, ServiceErrorCode>> = {
  [status.CANCELLED]: 'cancelled',
  [status.DEADLINE_EXCEEDED]: 'too-slow',
  [status.NOT_FOUND]: 'not-found',
  [status.RESOURCE_EXHAUSTED]: 'too-large',
  [status.UNAVAILABLE]: 'unavailable',
  [status.UNIMPLEMENTED]: 'unsupported',
}

/** Returns what the log and the metrics call a failure. Statuses that only gRPC has tell of what clients do. */
export function outcomeOf({ outcome, code }: Failure): ServiceErrorCode {
  return outcome ?? outcomes[code] ?? 'invalid-request'
}

/** Turns any error into the status that ends a call. What the client must not see goes to stderr. */
export function statusOf(error: unknown): Failure {
  if (error instanceof StatusError)
    return { code: error.code, details: error.message, metadata: error.metadata }
  if (error instanceof ServiceError)
    return { code: statusOfCode[error.code], outcome: error.code, details: error.message }
  const shortage = shortageOf(error)
  log.error(shortage?.message ?? error)
  return shortage
    ? { code: status.UNAVAILABLE, details: shortage.forClients }
    : { code: status.INTERNAL, outcome: 'internal', details: 'internal error' }
}
