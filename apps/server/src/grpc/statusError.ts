import { Metadata, type status } from '@grpc/grpc-js'

/** A call fails, and where it happens the gRPC status is known. */
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
