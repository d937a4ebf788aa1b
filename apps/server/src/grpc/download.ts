import { crc32 } from 'node:zlib'
import type { DownloadReq } from '@table/proto'
import { download as partsOf } from '../service/download.ts'
import type { Call } from './call.ts'
import type { Context, Send } from './handler.ts'

export async function download(
  { table, admission }: Context,
  request: DownloadReq,
  { peer }: Call,
  send: Send<Uint8Array>,
): Promise<Record<string, string>> {
  let checksum = 0
  const run = async () => {
    for await (const data of partsOf(table, request)) {
      checksum = crc32(data, checksum)
      await send(data)
    }
  }
  await admission.download(() => admission.connections.during(peer, run))
  return { crc32: checksum.toString(16).padStart(8, '0') }
}
