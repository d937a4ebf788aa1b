import { Metadata, type status } from '@grpc/grpc-js'

/** The server cannot start, for a reason that whoever started it can mend. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

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
