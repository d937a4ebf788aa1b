import { status } from '@grpc/grpc-js'
import { StatusError } from './status.ts'

export async function query(): Promise<Record<string, string>> {
  throw new StatusError(status.UNIMPLEMENTED, 'this server does not answer SQL yet')
}
