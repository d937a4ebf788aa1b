/**
 * What went wrong, in terms that every transport can translate into its own:
 * - `invalid-data`: the data or the question is wrong. The error is part of the answer.
 * - `not-found`: there is no such upload. The error is part of the answer, too.
 * - `invalid-request`: what comes beside the data, such as a header, is wrong.
 * - `unauthenticated`, `forbidden`: the caller is unknown, or lacks the permission.
 * - `too-large`: a limit is exceeded. The message has the actual and the allowed value.
 * - `disk-full`: no disk space is left.
 * - `too-slow`: the client kept the server waiting for too long.
 * - `unavailable`: the same request may work later.
 * - `cancelled`: nobody waits for the answer any more.
 * - `damaged`: stored data is missing or has changed.
 * - `unsupported`: this server cannot answer such requests. The message says what it lacks.
 * - `internal`: the server is at fault.
 */
export type ServiceErrorCode =
  | 'invalid-data'
  | 'not-found'
  | 'invalid-request'
  | 'unauthenticated'
  | 'forbidden'
  | 'too-large'
  | 'disk-full'
  | 'too-slow'
  | 'unavailable'
  | 'cancelled'
  | 'damaged'
  | 'unsupported'
  | 'internal'

/** Ends a request. Clients see the message. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError'
  readonly code: ServiceErrorCode

  constructor(code: ServiceErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Refuses a request that comes while the server stops. */
export function shuttingDown(): ServiceError {
  return new ServiceError('unavailable', 'the server is shutting down: try again later')
}
