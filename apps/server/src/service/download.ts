import { noUpload, uploadNumber } from './getUpload.ts'
import type { Table } from './table.ts'

export interface DownloadRequest {
  id: bigint
  /** `csv` or `parquet`. */
  format: string
}

/**
 * Yields a stored file of an upload, byte for byte. Each part is valid until the next one. Throws `invalid-data` before the first part if
 * the upload does not exist, `damaged` at the latest after the last part if the file is not what was stored.
 */
export async function* download(
  table: Table,
  { id, format }: DownloadRequest,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await table.open(uploadNumber(id), format)
  if (!file) throw noUpload(id)
  try {
    yield* file.parts
  } finally {
    await file.close()
  }
}
