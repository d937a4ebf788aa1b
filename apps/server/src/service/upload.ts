import type { UploadResp } from '@table/proto'
import { Arrival, type Cancellation, createSpool, type Store, type Upload } from '@table/storage'
import type { RequestBody } from '../grpc/call.ts'
import type { RequestHeaders } from '../grpc/requestHeaders.ts'
import { type ReceiveLimits, receiveCsv } from '../grpc/streamedMessage.ts'
import type { Pool } from '../workers/pool.ts'
import { uploadIdOf } from './uploadId.ts'

/** An upload of at least so many bytes is converted while it arrives. */
const LARGE_BYTES = 512 * 1024

/** Receive, convert, commit, publish. What is published is on the disk. */
export async function upload(
  store: Store,
  pool: Pool,
  limits: ReceiveLimits,
  body: RequestBody,
  cancellation: Cancellation,
  headers: RequestHeaders,
): Promise<UploadResp> {
  const uploadId = uploadIdOf(headers)
  const receivedAt = new Date().toISOString()
  const id = await store.catalogue.reserve()
  let attempt: Promise<Upload | undefined> = Promise.resolve(undefined)
  const commitMeanwhile = async (arrival: Arrival) =>
    (await arrival.reached(LARGE_BYTES))
      ? pool.commitArriving(id, receivedAt, arrival, cancellation, uploadId)
      : undefined
  const { held } = await receiveCsv(body, limits, () => {
    const arrival = new Arrival()
    attempt = attempt.then(() => commitMeanwhile(arrival))
    attempt.catch(() => {}) // it is awaited below, if all arrives
    return createSpool(store.dataDir, id, arrival)
  })
  const committed = (await attempt) ?? (await pool.commit(id, receivedAt, cancellation, held, uploadId))
  // A committed upload is published even if nobody waits for the answer: the next start would bring it anyway.
  await store.catalogue.publish(committed)
  return { error: '' }
}
