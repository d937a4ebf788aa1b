import type { IncomingHttpHeaders } from 'node:http2'
import { crc32 } from 'node:zlib'
import { DownloadPart, TableService } from '@table/proto'
import type { Connection } from './client.ts'
import { CliError, oneLine } from './errors.ts'
import { receiveMessages } from './messages.ts'
import type { Format } from './options.ts'

/**
 * Yields the bytes of an upload, as fast as they are taken. Throws CliError if the server refuses or the bytes do not have the
 * checksum that the server tells at the end; what was yielded is then worth nothing.
 */
export async function* downloaded(
  connection: Connection,
  id: number,
  format: Format,
): AsyncGenerator<Uint8Array> {
  const { path, requestSerialize } = TableService.download
  const request = requestSerialize({ id: BigInt(id), format })
  let trailers: IncomingHttpHeaders = {}
  const onTrailers = (received: IncomingHttpHeaders) => {
    trailers = received
  }
  let checksum = 0
  for await (const message of receiveMessages(connection, path, request, { onTrailers })) {
    const { data, error } = DownloadPart.decode(message)
    if (error !== '') throw new CliError(oneLine(error))
    checksum = crc32(data, checksum)
    yield data
  }
  const expected = trailers.crc32
  const found = checksum.toString(16).padStart(8, '0')
  if (found !== expected)
    throw new CliError(
      `upload ${id} arrived damaged: its bytes have the CRC-32 ${found}, expected ${expected ?? 'one in the trailer'}: get it again`,
    )
}
