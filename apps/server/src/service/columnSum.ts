import type { ColSumReq, ColSumResp } from '@table/proto'
import { type Cancellation, exactTotal, planSum, releasePlan, type Store } from '@table/storage'
import type { Pool } from '../workers/pool.ts'

/** The sum of a column over every upload published when the call began. */
export async function colSum(
  store: Store,
  pool: Pool,
  { column, format }: ColSumReq,
  cancellation: Cancellation,
): Promise<ColSumResp> {
  const snapshot = await store.catalogue.snapshot()
  const places = await pool.columns.find(column, snapshot)
  const partials: bigint[] = []
  try {
    for (const plan of planSum(snapshot.uploads, places, column, format, pool.workers)) {
      partials.push(...(await pool.sum(plan, cancellation)))
      releasePlan(plan)
    }
  } catch (error) {
    // The first error is the answer: the other pieces need not be summed.
    Atomics.store(cancellation, 0, 1)
    throw error
  }
  return { total: exactTotal(column, partials), error: '' }
}
