import { isUtf8 } from 'node:buffer'
import type { UploadResp } from '@table/proto'
import { ANSWER_BYTES, type CsvBody, ServiceError } from '@table/table'
import { upload as storeUpload } from '../service/upload.ts'
import type { Call } from './call.ts'
import { widenWindow } from './flowControl.ts'
import type { Context } from './handler.ts'
import type { RequestHeaders } from './requestHeaders.ts'
import { csvOf } from './uploadReq.ts'

export function upload(
  context: Context,
  message: AsyncIterable<Uint8Array>,
  call: Call,
): Promise<UploadResp> {
  return store(context, csvOf(message), call)
}

/** Stores a CSV with the metadata of the call. */
export async function store(
  { table, admission }: Context,
  csv: CsvBody,
  { session, peer, headers, signal, record }: Call,
): Promise<UploadResp> {
  const ids = headers.get('upload-id')
  const uploadId = ids.length === 0 ? undefined : ids.join(', ')
  const request = { csv, uploadId, name: nameOf(headers) }
  const result = await admission.upload(() => {
    widenWindow(session)
    return admission.connections.during(peer, () => storeUpload(table, request, signal))
  })
  record.stored(result)
  const { id, rows, columns, warnings } = result
  const stored = { error: '', id: BigInt(id), rows: BigInt(rows) }
  const bytes = columns.reduce((sum, { name }) => sum + Buffer.byteLength(name) + COLUMN_BYTES, 0)
  if (bytes <= ANSWER_BYTES) return { ...stored, columns: [...columns], warnings: [...warnings] }
  const leftOut = `the columns are left out of this answer: they would take ${bytes} bytes, at most ${ANSWER_BYTES} are sent`
  return { ...stored, columns: [], warnings: [...warnings, leftOut] }
}

/** The most that a column takes besides its name. */
const COLUMN_BYTES = 25

/** gRPC's metadata is ASCII; the name of metadata that is not ends with -bin, and it travels in base64. */
function nameOf(headers: RequestHeaders): string | undefined {
  const names = [...headers.get('upload-name'), ...headers.get('upload-name-bin').map(decodedName)]
  if (names.length > 1)
    throw new ServiceError(
      'invalid-request',
      `upload-name: found ${names.length} names (upload-name and upload-name-bin together), expected one`,
    )
  return names[0]
}

function decodedName(base64: string): string {
  const bytes = Buffer.from(base64, 'base64')
  if (isUtf8(bytes)) return bytes.toString()
  throw new ServiceError('invalid-request', 'upload-name-bin: found bytes that are not UTF-8, expected UTF-8')
}
