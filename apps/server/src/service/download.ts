import type { StoredFile, Table } from '@table/table'
import { noUpload, uploadNumber } from './getUpload.ts'

export interface DownloadRequest {
  id: bigint
  /** `csv` or `parquet`. */
  format: string
}

/**
 * Yields a stored file of an upload, byte for byte. Each part is valid until the next one. Throws `not-found` before the first part if
 * the upload does not exist, `damaged` at the latest after the last part if the file is not what was stored.
 */
export async function* download(
  table: Table,
  request: DownloadRequest,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await openUpload(table, request)
  try {
    yield* file.parts()
  } finally {
    await file.close()
  }
}

/** Opens a stored file of an upload. The caller closes it. Throws `not-found` if the upload does not exist. */
export async function openUpload(table: Table, { id, format }: DownloadRequest): Promise<StoredFile> {
  const file = await table.open(uploadNumber(id), format)
  if (!file) throw noUpload(id)
  return file
}
