import type { ColSumReq, ColSumResp } from '@table/proto'
import { type Cancellation, exactTotal, planSum, type Store } from '@table/storage'
import type { Pool } from './pool.ts'

/** Enough for a worker that got the small files to take over from one that got the large ones. */
const PARTS_PER_WORKER = 4

/** The sum of a column over every upload published when the call began. */
export async function colSum(
  store: Store,
  pool: Pool,
  { column, format }: ColSumReq,
  cancellation: Cancellation,
): Promise<ColSumResp> {
  const uploads = await store.catalogue.snapshot()
  const parts = planSum(uploads, column, format, PARTS_PER_WORKER * pool.workers)
  try {
    const partials = await Promise.all(parts.map(part => pool.sum(part, cancellation)))
    return { total: exactTotal(column, partials), error: '' }
  } catch (error) {
    // The first error is the answer: the other parts need not be summed.
    Atomics.store(cancellation, 0, 1)
    throw error
  }
}
