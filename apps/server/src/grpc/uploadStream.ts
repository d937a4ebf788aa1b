import type { UploadResp } from '@table/proto'
import type { Call } from './call.ts'
import type { Context } from './handler.ts'
import { store } from './upload.ts'
import { csvOfParts } from './uploadReq.ts'

export function uploadStream(
  context: Context,
  messages: AsyncIterable<AsyncIterable<Uint8Array>>,
  call: Call,
): Promise<UploadResp> {
  return store(context, csvOfParts(messages), call)
}
