import type { UploadResp } from '@table/proto'
import { type Cancellation, createSpool, type Store } from '@table/storage'
import type { Pool } from './pool.ts'
import { receiveCsv } from './receive.ts'
import type { RequestBody } from './takeOver.ts'

/** Receive, convert, commit, publish. What is published is on the disk. */
export async function upload(
  store: Store,
  pool: Pool,
  body: RequestBody,
  cancellation: Cancellation,
): Promise<UploadResp> {
  const receivedAt = new Date().toISOString()
  const id = await store.catalogue.reserve()
  await receiveCsv(body, () => createSpool(store.dataDir, id))
  // A committed upload is published even if nobody waits for the answer: the next start would bring it anyway.
  await store.catalogue.publish(await pool.commit(id, receivedAt, cancellation))
  return { error: '' }
}
