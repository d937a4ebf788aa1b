import { pipeline, type Transform } from 'node:stream'
import { createGunzip, createInflate } from 'node:zlib'
import { Metadata, status } from '@grpc/grpc-js'
import { type Spool, shown } from '@table/storage'
import type { IdleTimeout } from '../admission/idleTimeout.ts'
import { countReceived } from '../config/tuning.ts'
import type { RequestBody } from './call.ts'
import { checkSize, FrameDecoder } from './framing.ts'
import { StatusError } from './statusError.ts'
import { CsvDataDecoder, FIELD_START } from './uploadReq.ts'

export interface ReceiveLimits {
  /** Of the message, packed and unpacked. */
  uploadBytes: number
  /** With the client. */
  idleTimeout: IdleTimeout
}

/**
 * Receives an `UploadReq` and writes its `csv_data` to a spool, which it returns closed; on any error it is
 * discarded. What is in memory is one chunk and the spool's batch: reading waits for writing.
 */
export async function receiveCsv(
  body: RequestBody,
  limits: ReceiveLimits,
  createSpool: () => Spool,
): Promise<Spool> {
  let spool = createSpool()
  try {
    const csvData = new CsvDataDecoder()
    for await (const bytes of messageBytes(body, limits)) {
      for (const part of csvData.push(bytes)) {
        if (part !== FIELD_START) await spool.write(part)
        else if (spool.bytes > 0) {
          await spool.discard()
          spool = createSpool()
        }
      }
    }
    csvData.end()
    await spool.close()
    return spool
  } catch (error) {
    await spool.discard()
    throw error
  }
}

/** The message in `body`, unpacked. */
export async function* messageBytes(
  body: RequestBody,
  { uploadBytes, idleTimeout }: ReceiveLimits,
): AsyncGenerator<Uint8Array> {
  const frame = new FrameDecoder(uploadBytes)
  const packed = framedBytes(idleTimeout.read(body.chunks), frame)
  const first = await packed.next()
  if (first.done) return
  const whole = joined(first.value, packed)
  yield* frame.compressed ? unpacked(whole, body.encoding, uploadBytes) : whole
}

async function* framedBytes(
  chunks: AsyncIterable<Uint8Array>,
  frame: FrameDecoder,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    countReceived(chunk.length)
    const bytes = frame.push(chunk)
    if (bytes.length > 0) yield bytes
  }
  frame.end()
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}

async function* unpacked(
  packed: AsyncIterable<Uint8Array>,
  encoding: string,
  limit: number,
): AsyncGenerator<Uint8Array> {
  // The pipeline hands an error on to the unpacker, where the loop below meets it.
  const unpacker = pipeline(packed, createUnpacker(encoding), () => {})
  let bytes = 0
  try {
    for await (const chunk of unpacker as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      checkSize(bytes, limit)
      yield chunk
    }
  } catch (error) {
    if (!/^Z_|^ERR_TRAILING_JUNK/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw notUnpackable(encoding, error as Error)
  }
}

/**
 * An unpacker ends only when the request has ended, and fails if bytes follow the compressed data, a second gzip member among them:
 * left to itself, zlib would end at the first such byte and the upload would be committed though its client still sends. gRPC's C core
 * refuses the same.
 */
function createUnpacker(encoding: string): Transform {
  const options = { chunkSize: 64 * 1024, rejectGarbageAfterEnd: true }
  switch (encoding) {
    case 'gzip':
      return createGunzip(options)
    case 'deflate':
      return createInflate(options)
    default:
      throw wrongEncoding(encoding)
  }
}

/** For a message that says it is compressed, with what is neither gzip nor deflate. */
export function wrongEncoding(encoding: string): StatusError {
  if (encoding === 'identity')
    return new StatusError(
      status.INTERNAL,
      'the message is compressed, but there is no grpc-encoding header to say how',
    )
  const metadata = new Metadata()
  metadata.set('grpc-accept-encoding', 'identity,deflate,gzip')
  return new StatusError(
    status.UNIMPLEMENTED,
    `the message is compressed with ${shown(encoding)}, expected gzip, deflate or identity`,
    metadata,
  )
}

/** For a message that is not what its encoding says. */
export function notUnpackable(encoding: string, error: Error): StatusError {
  return new StatusError(
    status.INVALID_ARGUMENT,
    `the message is not ${encoding} data (${error.message}), as its grpc-encoding says`,
  )
}
