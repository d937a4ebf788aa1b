import type { ColSumReq, ColSumResp } from '@table/proto'
import { type Cancellation, exactTotal, planSum, releasePlan, type Store } from '@table/storage'
import type { Pool } from './pool.ts'

/** The sum of a column over every upload published when the call began. */
export async function colSum(
  store: Store,
  pool: Pool,
  { column, format }: ColSumReq,
  cancellation: Cancellation,
): Promise<ColSumResp> {
  const uploads = await store.catalogue.snapshot()
  const plan = planSum(uploads, column, format, pool.workers)
  try {
    const partials = await pool.sum(plan, cancellation)
    releasePlan(plan)
    return { total: exactTotal(column, partials), error: '' }
  } catch (error) {
    // The first error is the answer: the other pieces need not be summed.
    Atomics.store(cancellation, 0, 1)
    throw error
  }
}
