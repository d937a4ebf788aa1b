/**
 * What went wrong, in words that every transport can turn into its own:
 * - `invalid-data`: what is wrong with the data or the question; it is part of the answer.
 * - `invalid-request`: what comes beside the data is not what it has to be.
 * - `unauthenticated`, `forbidden`: the caller is unknown, or may not do this.
 * - `too-large`: over a limit; the message has the actual and the allowed value.
 * - `disk-full`: no space is left.
 * - `too-slow`: the client has been waited for too long.
 * - `unavailable`: the same request may work later.
 * - `cancelled`: nobody waits for the answer any more.
 * - `damaged`: what was stored is missing or is not what it was.
 * - `internal`: a fault of the server.
 */
export type ServiceErrorCode =
  | 'invalid-data'
  | 'invalid-request'
  | 'unauthenticated'
  | 'forbidden'
  | 'too-large'
  | 'disk-full'
  | 'too-slow'
  | 'unavailable'
  | 'cancelled'
  | 'damaged'
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
