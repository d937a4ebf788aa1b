import { ServiceError, type StoredUpload, uuidText } from '@table/table'
import { noUpload } from '../service/getUpload.ts'

/** Returns what JSON says of an upload. */
export function uploadJson({ uploadId, name, ...upload }: StoredUpload) {
  return {
    id: upload.id,
    upload_id: uploadId ? uuidText(uploadId) : null,
    name: name ?? null,
    received_at: upload.receivedAt,
    rows: upload.rows,
    csv_bytes: upload.csvBytes,
    parquet_bytes: upload.parquetBytes,
    columns: upload.columns,
  }
}

/** Reads the id of an upload in a path. */
export function idOf(text = ''): bigint {
  if (!/^\d{1,19}$/.test(text))
    throw new ServiceError(
      'invalid-request',
      `found the upload "${text.slice(0, 80)}", expected its id, a number such as 17`,
    )
  const id = BigInt(text)
  if (id === 0n) throw noUpload(id)
  return id
}
