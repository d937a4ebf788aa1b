import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2'
import { TableService, UploadResp } from '@table/proto'
import type { Address } from './address.ts'
import { readAnswer, receiveAnswer } from './answer.ts'
import { framePrefix, startCall } from './call.ts'
import { CliError, TransientError } from './errors.ts'
import type { Target } from './target.ts'
import { formatBytes } from './units.ts'

export interface UploadSource {
  /** In bytes. */
  size: number
  /** Yields exactly `size` bytes in total, or throws. A chunk may be reused once the next chunk is asked for. */
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>
}

/** What the server is told of an upload beside its bytes. */
export interface UploadLabel {
  /** A UUID. The server stores uploads with the same id once. */
  uploadId: string
  /** What people call the file. */
  name?: string | undefined
}

/** Field 1 (csv_data) with wire type 2: a length, then that many bytes. */
const CSV_DATA_TAG = 0x0a
/** gRPC's message prefix has a length of 32 bits. The message is the CSV, a tag, and a length of up to five bytes. */
export const MAX_UPLOAD_BYTES = 2 ** 32 - 1 - 6

/**
 * Uploads `source` as one gRPC message without ever holding all of it, which grpc-js cannot do. Calls
 * `onSent` with the bytes given to the
 * connection so far. Resolves to the server's answer, whose `error` may say what is wrong with the data.
 * Throws CliError if the server fails, TransientError if the server is unavailable or the connection is lost,
 * and the errors of the source.
 */
export async function streamedUpload(
  session: ClientHttp2Session,
  target: Target,
  source: UploadSource,
  label: UploadLabel,
  onSent: (bytes: number) => void,
): Promise<UploadResp> {
  if (source.size > MAX_UPLOAD_BYTES) throw tooLarge(source.size)
  if (session.closed || session.destroyed) throw lostConnection(target, 0, source.size, '')
  const stream = startCall(session, target, TableService.upload.path, metadataOf(label))
  let reason = ''
  stream.on('error', error => {
    reason = ` (${error.message})`
  })
  const answer = receiveAnswer(stream)
  // After an early answer nobody reads the rest, so stop sending.
  void answer.then(() => breakOff(stream))
  let sent = 0
  try {
    await write(stream, messagePrefix(source.size))
    for await (const chunk of source.chunks) {
      if (stream.closed) break
      await write(stream, chunk)
      sent += chunk.length
      onSent(sent)
    }
    stream.end()
    const received = await answer
    if (!received) throw lostConnection(target, sent, source.size, reason)
    const response = UploadResp.decode(readAnswer(target, received))
    const early = response.error === '' && sent < source.size
    if (early) throw lostConnection(target, sent, source.size, ' (early answer)')
    return response
  } finally {
    breakOff(stream)
  }
}

/** gRPC's metadata is ASCII, but for what has a name that ends with -bin: that travels in base64. */
function metadataOf({ uploadId, name }: UploadLabel): Record<string, string> {
  const id = { 'upload-id': uploadId }
  return name ? { ...id, 'upload-name-bin': Buffer.from(name).toString('base64') } : id
}

/** Stops sending. Does nothing if everything is sent or the stream is closed. */
function breakOff(stream: ClientHttp2Stream): void {
  if (!stream.writableEnded) stream.close(constants.NGHTTP2_CANCEL)
}

/** Returns the bytes before the CSV: gRPC's flag and length, then protobuf's tag and length. Empty data has no tag. */
export function messagePrefix(size: number): Buffer {
  if (size === 0) return framePrefix(0)
  const field = [CSV_DATA_TAG]
  let rest = size
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) field.push((rest % 0x80) | 0x80)
  field.push(rest)
  return Buffer.concat([framePrefix(field.length + size), Buffer.from(field)])
}

/** Resolves once the connection has taken the chunk or the stream is closed. */
function write(stream: ClientHttp2Stream, chunk: Uint8Array): Promise<void> {
  return new Promise(resolve => stream.write(chunk, () => resolve()))
}

function tooLarge(size: number): CliError {
  const found = `${size} bytes (${formatBytes(size)})`
  const allowed = `${MAX_UPLOAD_BYTES} bytes (${formatBytes(MAX_UPLOAD_BYTES)})`
  return new CliError(`${found}, one upload takes at most ${allowed}: split it, each part with the header`)
}

function lostConnection({ name }: Address, sent: number, size: number, reason: string): TransientError {
  if (sent === size) {
    const unsure = 'it may or may not have stored the upload, compare a sum before you repeat it'
    const message = `lost the connection to ${name} before it answered${reason}: ${unsure}`
    return new TransientError(message, { unsure: true })
  }
  const where = `after ${formatBytes(sent)} of ${formatBytes(size)}`
  const message = `lost the connection to ${name} ${where}${reason}: nothing was stored, upload it again`
  return new TransientError(message)
}
