import { constants, type IncomingHttpHeaders } from 'node:http2'
import { crc32 } from 'node:zlib'
import { DownloadPart, TableService } from '@table/proto'
import { checkStatus, isCutOff } from './answer.ts'
import { framePrefix, startCall } from './call.ts'
import { type Connection, lostConnection } from './client.ts'
import { CliError, oneLine } from './errors.ts'
import type { Format } from './options.ts'

const PREFIX_BYTES = 5

/**
 * Yields the bytes of an upload, as fast as they are taken. Throws CliError if the server refuses or the bytes do not have the
 * checksum that the server tells at the end; what was yielded is then worth nothing.
 */
export async function* downloaded(
  { session, target }: Connection,
  id: number,
  format: Format,
): AsyncGenerator<Uint8Array> {
  const stream = startCall(session, target, TableService.download.path)
  let headers: IncomingHttpHeaders | undefined
  let trailers: IncomingHttpHeaders | undefined
  stream.on('response', received => {
    headers = received
  })
  stream.on('trailers', received => {
    trailers = received
  })
  const request = TableService.download.requestSerialize({ id: BigInt(id), format })
  stream.end(Buffer.concat([framePrefix(request.length), request]))
  let checksum = 0
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      for (let message = firstMessage(rest); message; message = firstMessage(rest)) {
        rest = rest.subarray(PREFIX_BYTES + message.length)
        const { data, error } = DownloadPart.decode(message)
        if (error !== '') throw new CliError(oneLine(error))
        checksum = crc32(data, checksum)
        yield data
      }
    }
  } catch (error) {
    if (error instanceof CliError) throw error
    throw lostConnection(target, ` (${oneLine((error as Error).message)})`)
  } finally {
    stream.close(constants.NGHTTP2_CANCEL)
  }
  if (!headers || isCutOff(headers, trailers)) throw lostConnection(target, '')
  checkStatus(target, headers, trailers ?? headers)
  const expected = trailers?.crc32
  const found = checksum.toString(16).padStart(8, '0')
  if (rest.length > 0 || found !== expected)
    throw new CliError(
      `upload ${id} arrived damaged: its bytes have the CRC-32 ${found}, expected ${expected ?? 'one in the trailer'}: get it again`,
    )
}

/** Returns the message that `bytes` begins with, once it is whole. */
function firstMessage(bytes: Buffer): Buffer | undefined {
  if (bytes.length < PREFIX_BYTES) return undefined
  const end = PREFIX_BYTES + bytes.readUInt32BE(1)
  return bytes.length < end ? undefined : bytes.subarray(PREFIX_BYTES, end)
}
