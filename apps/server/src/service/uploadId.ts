import { status } from '@grpc/grpc-js'
import type { UploadId } from '@table/storage'
import type { RequestHeaders } from '../grpc/requestHeaders.ts'
import { StatusError } from '../grpc/statusError.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The `upload-id` that makes a repeated upload count once: a UUID as RFC 9562 writes it. Throws INVALID_ARGUMENT for anything else. */
export function uploadIdOf(headers: RequestHeaders): UploadId | undefined {
  const values = headers.get('upload-id')
  if (values.length === 0) return undefined
  const text = values.join(', ')
  if (UUID.test(text)) return Uint8Array.from(Buffer.from(text.replaceAll('-', ''), 'hex'))
  const expected = 'expected a UUID such as 0b9c6d3e-5f0a-4c6e-8f57-3f5a2f1d9b42'
  throw new StatusError(status.INVALID_ARGUMENT, `upload-id: found "${text.slice(0, 80)}", ${expected}`)
}
