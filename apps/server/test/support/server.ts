import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CallOptions,
  type ChannelCredentials,
  credentials,
  InterceptingCall,
  type Interceptor,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { ColSumReq, type ListUploadsResp, TableClient, UploadReq, type UploadResp } from '@table/proto'
import { afterAll, expect, onTestFinished, vi } from 'vitest'
import { defaultLimits, type Limits } from '../../src/config/limits.ts'
import { type RunningServer, type ServerConfig, startServer } from '../../src/server.ts'

export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'table-server-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Returns a function that makes directories, which are removed after all tests of the file. */
export function newDirectories(): () => string {
  const made: string[] = []
  afterAll(() => {
    for (const path of made) rmSync(path, { recursive: true, force: true })
  })
  return () => {
    const path = mkdtempSync(join(tmpdir(), 'table-server-'))
    made.push(path)
    return path
  }
}

/** Waits until the assertion holds; a busy machine may take its time. */
export function eventually<T>(assertion: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(assertion, 30_000)
}

export interface Served extends RunningServer {
  dataDir: string
  client: TableClient
}

/** Starts a real server in this process, on a free port and with an empty data directory. */
export async function serve({
  dataDir = temporaryDirectory(),
  workers = 1,
  limits = {},
  ...others
}: Partial<Omit<ServerConfig, 'limits'>> & { limits?: Partial<Limits> } = {}): Promise<Served> {
  const server = await startServer({
    hosts: ['127.0.0.1'],
    port: 0,
    dataDir,
    workers,
    limits: { ...defaultLimits, ...limits },
    ...others,
  })
  const client = connectClient(server.port)
  onTestFinished(() => server.stop())
  return { ...server, dataDir, client }
}

interface ClientOptions {
  channel?: ChannelCredentials
  /** Sent with every call. */
  token?: string
}

export function connectClient(port: number, { channel, token }: ClientOptions = {}): TableClient {
  const interceptors = token === undefined ? [] : [bearer(token)]
  const target = `${channel ? 'localhost' : '127.0.0.1'}:${port}` // certificates are for names
  const client = new TableClient(target, channel ?? credentials.createInsecure(), { interceptors })
  onTestFinished(() => client.close())
  return client
}

function bearer(token: string): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start: (metadata, listener, next) => {
        metadata.set('authorization', `Bearer ${token}`)
        next(metadata, listener)
      },
    })
}

/** Resolves to the `error` of the response. Rejects with the status of a failed call. */
export function upload(
  client: TableClient,
  csv: string | Uint8Array,
  options: CallOptions = {},
  metadata = new Metadata(),
): Promise<string> {
  return uploaded(client, csv, options, metadata).then(({ error }) => error)
}

/** The same, but resolves to the whole response. */
export function uploaded(
  client: TableClient,
  csv: string | Uint8Array,
  options: CallOptions = {},
  metadata = new Metadata(),
): Promise<UploadResp> {
  return new Promise((resolve, reject) => {
    const request = { csvData: Buffer.from(csv) }
    client.upload(request, metadata, options, (failure, response) =>
      failure ? reject(failure) : resolve(response),
    )
  })
}

/** Resolves to the total. Rejects with the `error` of the response or the status of a failed call. */
export function columnSum(
  client: TableClient,
  column: string,
  format = 'csv',
  options: CallOptions = {},
): Promise<bigint> {
  return new Promise((resolve, reject) => {
    client.colSum({ column, format }, new Metadata(), options, (failure, response) => {
      if (failure) reject(failure)
      else if (response.error) reject(new Error(response.error))
      else resolve(response.total)
    })
  })
}

/** Makes a call without streams. Resolves to its answer, whatever its `error` is. */
export function called<Request, Response>(
  client: TableClient,
  call: (
    request: Request,
    metadata: Metadata,
    options: CallOptions,
    answer: (failure: ServiceError | null, response: Response) => void,
  ) => unknown,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call.call(client, request, new Metadata(), {}, (failure, response) =>
      failure ? reject(failure) : resolve(response),
    )
  })
}

export function failureOf(call: Promise<unknown>): Promise<ServiceError> {
  return call.then(
    value => Promise.reject(new Error(`expected a failure, found ${value}`)),
    failure => failure,
  )
}

/** Resolves to the numbers of all uploads, the oldest first. */
export async function listedIds(client: TableClient): Promise<bigint[]> {
  const all = { pageSize: 1000, oldestFirst: true, receivedFrom: '', receivedBefore: '' }
  const ids: bigint[] = []
  let cursor = ''
  do {
    const page: ListUploadsResp = await called(client, client.listUploads, { ...all, cursor })
    ids.push(...page.uploads.map(({ id }) => id))
    cursor = page.nextCursor
  } while (cursor !== '')
  return ids
}

/** Makes a whole sum. Resolves once the server has seen the end of the call, too. */
export async function wholeSum(session: ClientHttp2Session): Promise<void> {
  const call = rawCall(session, '/Table/ColSum')
  void call.write(frame(ColSumReq.encode({ column: 'x', format: 'csv' }).finish()))
  call.end()
  expect(await call.answer).toMatchObject({ code: status.OK })
  await new Promise<void>(resolve => session.ping(() => resolve()))
}

/** Resolves once the server knows of the calls that the client has cancelled before: it answers a later call of the connection. */
export async function knowsOfCancelled(client: TableClient): Promise<void> {
  const nothing = () => Buffer.alloc(0)
  const call = new Promise((_, reject) =>
    client.makeUnaryRequest('/Table/Nothing', nothing, nothing, undefined, reject),
  )
  await failureOf(call) // there is no such method
}

/** Returns a CSV with this `x` that is too large to be held in memory or to be committed with its row alone. */
export function largeCsv(x: number): string {
  return `x,t\n${x},${'a'.repeat(300_000)}\n`
}

/** Returns the files that are being received or converted. */
export function incoming(dataDir: string): string[] {
  return readdirSync(join(dataDir, 'incoming'))
}

export function stored(dataDir: string): string[] {
  return readdirSync(join(dataDir, 'files')).sort()
}

/** Returns a message as it travels: after gRPC's prefix. */
export function frame(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = flag
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

export function uploadMessage(csv: string | Uint8Array): Uint8Array {
  return UploadReq.encode({ csvData: Buffer.from(csv) }).finish()
}

/** Opens a client that can send what no gRPC library would. It may have 100 MB under way. */
export function rawSession(port: number): ClientHttp2Session {
  // @types/node lacks strictSingleValueFields. With it set, Node sends no header twice.
  const options = { maxSessionMemory: 100, strictSingleValueFields: false }
  const session = connect(`http://127.0.0.1:${port}`, options)
  onTestFinished(() => session.destroy())
  return session
}

export interface RawCall {
  /** Resolves when the bytes have left this process. */
  write(bytes: Uint8Array): Promise<void>
  end(): void
  /** Breaks the call off, like a client that cancels. */
  cancel(): void
  /** Resolves to the status, its message and the other trailers. Rejects if the call ends without an answer. */
  answer: Promise<{ code: number; message: string; trailers: IncomingHttpHeaders }>
}

export function rawUpload(
  session: ClientHttp2Session,
  headers: Record<string, string | string[]> = {},
): RawCall {
  return rawCall(session, '/Table/Upload', headers)
}

export function rawCall(
  session: ClientHttp2Session,
  path: string,
  headers: Record<string, string | string[]> = {},
): RawCall {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  })
  stream.on('error', () => {})
  stream.resume()
  const answer = new Promise<Awaited<RawCall['answer']>>((resolve, reject) => {
    const take = (trailers: IncomingHttpHeaders) => {
      if (trailers['grpc-status'] === undefined) return
      const message = decodeURI(String(trailers['grpc-message'] ?? ''))
      resolve({ code: Number(trailers['grpc-status']), message, trailers })
    }
    stream.on('response', take)
    stream.on('trailers', take)
    stream.on('close', () =>
      reject(new Error(`the stream closed with code ${stream.rstCode}, without a status`)),
    )
  })
  answer.catch(() => {})
  return {
    write: bytes => new Promise(resolve => stream.write(bytes, () => resolve())),
    end: () => stream.end(),
    cancel: () => stream.close(8),
    answer,
  }
}
