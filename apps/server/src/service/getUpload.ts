import { ANSWER_BYTES, ServiceError, type StoredUpload, type Table } from '@table/table'

/** Returns an upload. Throws `not-found` if the upload does not exist. */
export async function getUpload(table: Table, id: bigint): Promise<StoredUpload> {
  const upload = await table.get(uploadNumber(id), ANSWER_BYTES)
  if (!upload) throw noUpload(id)
  return upload
}

/** Throws `not-found` for a number that no upload can have. */
export function uploadNumber(id: bigint): number {
  if (id >= 1n && id <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(id)
  throw noUpload(id)
}

export function noUpload(id: bigint): ServiceError {
  return new ServiceError(
    'not-found',
    `there is no upload ${id}: it was never stored, or was deleted; list the uploads to see which there are`,
  )
}
