import type { StoredUpload as Message } from '@table/proto'
import type { StoredUpload } from '@table/table'
import { uuidText } from '../service/uuid.ts'

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
