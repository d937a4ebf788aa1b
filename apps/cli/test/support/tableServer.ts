import { once } from 'node:events'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Metadata, Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js'
import {
  type ColSumReq,
  type ColSumResp,
  type DescribeReq,
  DescribeResp,
  type DownloadPart,
  type DownloadReq,
  type ListUploadsReq,
  ListUploadsResp,
  type QueryPart,
  type QueryReq,
  type StatsReq,
  StatsResp,
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
  listUploads?: (request: ListUploadsReq) => Partial<ListUploadsResp>
  describe?: (request: DescribeReq) => Partial<DescribeResp> | Promise<Partial<DescribeResp>>
  stats?: (request: StatsReq) => Partial<StatsResp>
  /** The parts are taken as fast as the client takes them. `cancelled` resolves when the client cancels. */
  query?: (request: QueryReq, cancelled: Promise<unknown>) => AsyncIterable<Partial<QueryPart>>
  download?: (request: DownloadReq) => { parts: DownloadPart[]; crc32: string }
}

/**
 * Starts a grpc-js server on a free port until the test ends. If a handler throws { code, details }, that is
 * the status.
 */
export async function serve(
  { upload = () => ({}), colSum = () => ({}), listUploads, describe, stats, query, download }: Handlers,
  options: ServerOptions = {},
): Promise<Address> {
  const server = new Server({ 'grpc.max_receive_message_length': -1, ...options })
  const implementation: Partial<Pick<TableServer, keyof Handlers>> = {
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
  // A method without a handler answers UNIMPLEMENTED.
  if (listUploads)
    implementation.listUploads = ({ request }, callback) =>
      callback(null, { ...ListUploadsResp.decode(Buffer.alloc(0)), ...listUploads(request) })
  if (describe)
    implementation.describe = ({ request }, callback) => {
      answer(describe, request).then(
        response => callback(null, { ...DescribeResp.decode(Buffer.alloc(0)), ...response }),
        callback,
      )
    }
  if (stats)
    implementation.stats = ({ request }, callback) =>
      callback(null, { ...StatsResp.decode(Buffer.alloc(0)), ...stats(request) })
  if (query)
    implementation.query = call => {
      const parts = query(call.request, once(call, 'cancelled'))
      const whole = async function* () {
        for await (const part of parts) yield { arrow: Buffer.alloc(0), error: '', ...part }
      }
      // grpc-js declares its stream of messages as a stream that takes texts.
      pipeline(Readable.from(whole()), call as unknown as Writable).catch(() => {})
    }
  if (download)
    implementation.download = call => {
      const { parts, crc32 } = download(call.request)
      for (const part of parts) call.write(part)
      const trailer = new Metadata()
      trailer.set('crc32', crc32)
      call.end(trailer)
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
