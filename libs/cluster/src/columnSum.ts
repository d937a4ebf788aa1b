import {
  cancellationOf,
  exactTotal,
  formatOf,
  type PartialSum,
  refusalOf,
  textIntegersOf,
} from '@table/storage'
import { notedTexts } from './catalogue/notes.ts'
import type { Cluster } from './cluster.ts'
import { divide } from './division.ts'
import { engineSums } from './engineQuestions.ts'
import { refusalFor } from './misfits.ts'
import { ownSum } from './ownKernels.ts'

/** Returns the exact sum of a column over every upload that was committed before this call. */
export async function columnSum(
  cluster: Cluster,
  column: string,
  formatName: string,
  signal: AbortSignal,
): Promise<bigint> {
  const format = formatOf(formatName)
  const cancellation = cancellationOf(signal)
  const snapshot = await cluster.uploads.snapshot()
  const { uploads } = snapshot
  const places = await cluster.uploads.columns.find(column, snapshot)
  const noted = await notedTexts(cluster.database, places)
  const expectNumbers = async (refused?: number) => {
    const refusal = refusalOf(uploads, places, column, textIntegersOf(noted), refused)
    if (refusal) throw await refusalFor(cluster, refusal, cancellation, signal)
  }
  await expectNumbers()
  const partials: PartialSum[] = []
  const { engine, ours } = divide(cluster, uploads, [places], format)
  for (const part of ours) {
    const found = await ownSum(cluster, part, { format, cancellation, signal })
    partials.push(...found)
    const refused = found.find(({ refused }) => refused !== undefined)
    if (refused) await expectNumbers(refused.refused)
  }
  if (engine)
    for await (const { sum } of engineSums(cluster, engine, { column, format, signal }))
      partials.push({ integers: sum })
  return exactTotal(column, partials)
}
