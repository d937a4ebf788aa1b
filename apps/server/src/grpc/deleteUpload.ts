import type { DeleteUploadReq, DeleteUploadResp } from '@table/proto'
import { deleteUpload as remove } from '../service/deleteUpload.ts'
import type { Call } from './call.ts'
import type { Context } from './handler.ts'

export async function deleteUpload(
  { table, admission }: Context,
  { id }: DeleteUploadReq,
  { peer, signal }: Call,
): Promise<DeleteUploadResp> {
  await admission.connections.during(peer, () => admission.catalogue(() => remove(table, id), signal))
  return { error: '' }
}
