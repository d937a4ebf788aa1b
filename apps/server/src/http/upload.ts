import type { UploadResult } from '@table/table'
import { upload as storeUpload } from '../service/upload.ts'
import { csvOf } from './body.ts'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

/** Stores the body under an upload id. The same request again is answered the same, and counts once. */
export function putUpload(context: Context, exchange: Exchange): Promise<void> {
  return store(context, exchange, exchange.params.id)
}

export function postUpload(context: Context, exchange: Exchange): Promise<void> {
  return store(context, exchange, undefined)
}

async function store(
  { table, admission, limits }: Context,
  exchange: Exchange,
  uploadId: string | undefined,
): Promise<void> {
  const { query, peer, signal, record } = exchange
  const csv = csvOf(exchange, limits.uploadBytes, admission.uploadTimeout)
  const request = { csv, uploadId, name: query.get('name') ?? undefined }
  const work = () => storeUpload(table, request, signal)
  const result: UploadResult = await admission.upload(() => admission.connections.during(peer, work))
  record.stored(result)
  const { id, rows, columns, warnings } = result
  exchange.json(201, { id, rows, columns, warnings }, { location: `/uploads/${id}` }, true)
}
