import type { UploadResp } from '@table/proto'
import { upload as storeUpload } from '../service/upload.ts'
import type { Call } from './call.ts'
import { widenWindow } from './flowControl.ts'
import type { Context } from './handler.ts'
import { csvOf } from './uploadReq.ts'

export async function upload(
  { table, admission }: Context,
  message: AsyncIterable<Uint8Array>,
  { session, peer, headers, signal }: Call,
): Promise<UploadResp> {
  const ids = headers.get('upload-id')
  const request = { csv: csvOf(message), uploadId: ids.length === 0 ? undefined : ids.join(', ') }
  await admission.upload(() => {
    widenWindow(session)
    return admission.connections.during(peer, () => storeUpload(table, request, signal))
  })
  return { error: '' }
}
