import { ServiceError } from './errors.ts'
import type { CsvBody, Table } from './table.ts'

export interface UploadRequest {
  csv: CsvBody
  /** A UUID in the text form of RFC 9562. A repeated upload with the same id counts once. */
  uploadId: string | undefined
}

/** Stores a CSV file. Once this resolves, the file is durable and sums count it. */
export async function upload(
  table: Table,
  { csv, uploadId }: UploadRequest,
  signal: AbortSignal,
): Promise<void> {
  await table.upload(csv, uploadId === undefined ? undefined : uuidBytes(uploadId), signal)
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function uuidBytes(text: string): Uint8Array {
  if (UUID.test(text)) return Uint8Array.from(Buffer.from(text.replaceAll('-', ''), 'hex'))
  throw new ServiceError(
    'invalid-request',
    `upload-id: found "${text.slice(0, 80)}", expected a UUID such as 0b9c6d3e-5f0a-4c6e-8f57-3f5a2f1d9b42`,
  )
}
