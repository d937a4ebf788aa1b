import type { Contestant, Format } from './contestants/contestant.ts'
import type { Load } from './loads/load.ts'
import { progress } from './progress.ts'
import { type Results, record } from './results.ts'
import { inTurn, rounds } from './rounds.ts'

const formats: readonly Format[] = ['csv', 'parquet']
/** In ms. A sum that has taken this long over all its rounds is not measured again. */
const patience = 5000

/** Measures the sums. Round 0 is a warm-up and does not count. */
export async function measureSums(
  results: Results,
  contestants: readonly Contestant[],
  expected: Load['sums'],
): Promise<void> {
  for (let round = 0; round <= rounds; round++) {
    progress(round === 0 ? 'sums, to warm up' : `sums, round ${round} of ${rounds}`)
    for (const format of formats)
      for (const [column, total] of Object.entries(expected))
        for (const contestant of inTurn(contestants, round)) {
          const row = `${format} sum of ${column}, ms`
          const soFar = results.get(row)?.get(contestant.name) ?? []
          if (soFar.reduce((sum, ms) => sum + ms, 0) > patience) continue
          const ms = await checkedSum(contestant, column, format, total)
          if (round > 0) record(results, row, contestant.name, ms)
        }
  }
}

export async function checkSums(contestants: readonly Contestant[], expected: Load['sums']): Promise<void> {
  for (const contestant of contestants)
    for (const format of formats)
      for (const [column, total] of Object.entries(expected))
        await checkedSum(contestant, column, format, total)
}

/** Resolves to the ms of a sum. Throws on a wrong answer, which would make every number beside it worthless. */
async function checkedSum(
  contestant: Contestant,
  column: string,
  format: Format,
  expected: bigint,
): Promise<number> {
  const { ms, total } = await contestant.sum(column, format)
  if (total === expected) return ms
  throw new Error(`${contestant.name}: the ${format} sum of ${column} is ${total}, expected ${expected}`)
}
