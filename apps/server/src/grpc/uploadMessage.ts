import type { StoredUpload as Message } from '@table/proto'
import { type StoredUpload, uuidText } from '@table/table'

/** Turns an upload into its message. */
export function uploadMessage({ uploadId, name, receivedAt, columns, ...numbers }: StoredUpload): Message {
  return {
    id: BigInt(numbers.id),
    uploadId: uploadId ? uuidText(uploadId) : '',
    name: name ?? '',
    receivedAt,
    rows: BigInt(numbers.rows),
    csvBytes: BigInt(numbers.csvBytes),
    parquetBytes: BigInt(numbers.parquetBytes),
    columns: [...columns],
  }
}
