import { status } from '@grpc/grpc-js'
import type { Address } from './address.ts'
import { CliError, oneLine, TransientError, UnknownQuestionError } from './errors.ts'

/** Makes the error for a call that ended with a gRPC status other than OK. */
export function statusError(address: Address, code: number, details: string): CliError {
  const { name } = address
  const what = oneLine(details)
  switch (code) {
    case status.INVALID_ARGUMENT:
    case status.RESOURCE_EXHAUSTED:
      return new CliError(`the server refused: ${what}`)
    case status.UNAVAILABLE:
      return new TransientError(`${name} is not available now: ${what}: try again`)
    case status.UNAUTHENTICATED:
      return new CliError(`${name} refused: ${what}: put a token that the server knows into TABLE_TOKEN`)
    case status.PERMISSION_DENIED:
      return new CliError(`${name} refused: ${what}: put another token into TABLE_TOKEN`)
    case status.UNIMPLEMENTED:
      return new UnknownQuestionError(
        `${name} is not a table server, or an older one (${what}): name the right server with --server, or update it`,
        what,
      )
    default:
      return new CliError(`the server failed (${status[code] ?? code}): ${what}: see what ${name} printed`)
  }
}
