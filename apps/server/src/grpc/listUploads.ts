import type { ListUploadsReq, ListUploadsResp } from '@table/proto'
import { listUploads as listOf } from '../service/listUploads.ts'
import type { Call } from './call.ts'
import type { Context } from './handler.ts'
import { uploadMessage } from './uploadMessage.ts'

export async function listUploads(
  { table, admission }: Context,
  request: ListUploadsReq,
  { peer, signal }: Call,
): Promise<ListUploadsResp> {
  const list = () => admission.catalogue(() => listOf(table, request), signal)
  const { uploads, nextCursor } = await admission.connections.during(peer, list)
  return { error: '', uploads: uploads.map(uploadMessage), nextCursor }
}
