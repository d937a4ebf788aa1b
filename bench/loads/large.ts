import { writeCsvs } from './csv.ts'
import { ExactSum } from './exactSum.ts'
import type { Load } from './load.ts'
import { Random } from './random.ts'

const types = { large_id: 'int64', large_account: 'int64', large_amount: 'int64' } as const

/** Writes one file of 400 MB. */
export function largeLoad(directory: string, scale: number): Load {
  const random = new Random(1)
  const amounts = new ExactSum()

  function line(row: number): string {
    const amount = random.below(1_000_000) - 100_000
    amounts.add(amount)
    return `${10_000_000 + row},${random.below(5000)},${amount}`
  }

  const rows = Math.ceil(19_400_000 * scale)
  const csvs = writeCsvs(directory, { files: 1, rows, types }, line)
  return { title: 'one large file', ...csvs, sums: { large_amount: amounts.total } }
}
