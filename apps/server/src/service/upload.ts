import { type CsvBody, ServiceError, type Table, type UploadResult } from '@table/table'
import { uuidBytes } from './uuid.ts'

export interface UploadRequest {
  csv: CsvBody
  /** A UUID in the text form of RFC 9562. A repeated upload with the same id counts once. */
  uploadId: string | undefined
  /** What people call the file. */
  name: string | undefined
}

/** Bytes of a name in UTF-8. */
const MAX_NAME_BYTES = 1024

/** Stores a CSV file. Once this resolves, the file is durable and sums count it. */
export async function upload(
  table: Table,
  { csv, uploadId, name }: UploadRequest,
  signal: AbortSignal,
): Promise<UploadResult> {
  const options = {
    uploadId: uploadId === undefined ? undefined : uuidBytes('upload-id', uploadId),
    name: name === undefined ? undefined : checkedName(name),
  }
  return table.upload(csv, options, signal)
}

/** Throws if people could not read the name in one line. */
function checkedName(name: string): string {
  const bytes = Buffer.byteLength(name)
  const problem =
    bytes === 0 || bytes > MAX_NAME_BYTES
      ? `found ${bytes} bytes, expected 1 to ${MAX_NAME_BYTES}`
      : /\p{Cc}/u.test(name)
        ? 'found a control character, expected a name in one line'
        : undefined
  if (problem === undefined) return name
  throw new ServiceError('invalid-request', `upload-name: ${problem}`)
}
