import type { GetUploadReq, GetUploadResp } from '@table/proto'
import { getUpload as uploadOf } from '../service/getUpload.ts'
import type { Call } from './call.ts'
import type { Context } from './handler.ts'
import { uploadMessage } from './uploadMessage.ts'

export async function getUpload(
  { table, admission }: Context,
  { id }: GetUploadReq,
  { peer, signal }: Call,
): Promise<GetUploadResp> {
  const get = () => admission.catalogue(() => uploadOf(table, id), signal)
  return { error: '', upload: uploadMessage(await admission.connections.during(peer, get)) }
}
