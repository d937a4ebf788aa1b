import {
  type Cancellation,
  cancelledOnError,
  exactTotal,
  formatOf,
  type PartialSum,
  planSum,
  refusalOf,
  releasePlan,
  type Store,
  textIntegersOf,
} from '@table/storage'
import { phase } from '../observe/phases.ts'
import type { Pool } from './pool.ts'

/** Returns the exact sum of a column over all published uploads, which all workers find together. */
export async function columnSum(
  { catalogue }: Store,
  pool: Pool,
  { column, format: formatName }: { column: string; format: string },
  cancellation: Cancellation,
): Promise<bigint> {
  const format = formatOf(formatName)
  const snapshot = await catalogue.snapshot()
  const { uploads } = snapshot
  const places = await phase('find', () => pool.columns.find(column, snapshot))
  const noted = await pool.notedTexts(places)
  /** Rejects if the column has no sum. `refused` is an upload that turned out to hold other texts than integers. */
  const expectNumbers = async (refused?: number) => {
    const refusal = refusalOf(uploads, places, column, textIntegersOf(noted), refused)
    if (refusal) await pool.refuse(refusal, cancellation)
  }
  await expectNumbers()
  const partials: PartialSum[] = []
  for (const plan of planSum(uploads, places, format, pool.workers)) {
    const found = await phase('scan', () => cancelledOnError(cancellation, pool.sum(plan, cancellation)))
    releasePlan(plan)
    partials.push(...found)
    const refused = found.find(({ refused }) => refused !== undefined)
    if (refused) await expectNumbers(refused.refused)
  }
  return exactTotal(column, partials)
}
