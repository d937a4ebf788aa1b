import { Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js'
import {
  type ColSumReq,
  type ColSumResp,
  type TableServer,
  TableService,
  type UploadReq,
  UploadResp,
} from '@table/proto'
import { onTestFinished } from 'vitest'
import { type Address, parseAddress } from '../../src/address.ts'

export interface Handlers {
  upload?: (request: UploadReq) => Partial<UploadResp> | Promise<Partial<UploadResp>>
  colSum?: (request: ColSumReq) => Partial<ColSumResp> | Promise<Partial<ColSumResp>>
}

/**
 * Starts a grpc-js server on a free port until the test ends. If a handler throws { code, details }, that is
 * the status.
 */
export async function serve(
  { upload = () => ({}), colSum = () => ({}) }: Handlers,
  options: ServerOptions = {},
): Promise<Address> {
  const server = new Server({ 'grpc.max_receive_message_length': -1, ...options })
  const implementation: Pick<TableServer, 'upload' | 'colSum'> = {
    upload: ({ request }, callback) => {
      answer(upload, request).then(
        response => callback(null, { ...UploadResp.decode(Buffer.alloc(0)), ...response }),
        callback,
      )
    },
    colSum: ({ request }, callback) => {
      answer(colSum, request).then(({ total = 0n, error = '' }) => callback(null, { total, error }), callback)
    },
  }
  server.addService(TableService, implementation)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  onTestFinished(() => server.forceShutdown())
  return parseAddress(`127.0.0.1:${port}`)
}

async function answer<Q, A>(handler: (request: Q) => A | Promise<A>, request: Q): Promise<A> {
  return handler(request)
}
