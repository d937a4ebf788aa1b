import { writeCsvs } from './csv.ts'
import { ExactSum } from './exactSum.ts'
import type { Load } from './load.ts'
import { Random } from './random.ts'

const types = { small_id: 'int64', small_sensor: 'int64', small_value: 'int64' } as const
const rows = 100

/** Writes 10,000 files of 2 KB. */
export function smallLoad(directory: string, scale: number): Load {
  const random = new Random(1)
  const values = new ExactSum()

  function line(id: number): string {
    const value = random.below(1_000_000) - 100_000
    values.add(value)
    return `${id},${random.below(5000)},${value}`
  }

  const files = Math.ceil(10_000 * scale)
  const csvs = writeCsvs(directory, { files, rows, types }, (row, file) =>
    line(10_000_000 + file * rows + row),
  )
  return { title: 'small files', ...csvs, sums: { small_value: values.total } }
}
