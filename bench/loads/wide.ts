import { writeCsvs } from './csv.ts'
import { ExactSum } from './exactSum.ts'
import type { Load } from './load.ts'
import { Random } from './random.ts'

const columns = 100
const rowsPerFile = 12_500

/** Writes 100 columns of integers, of ten kinds that real tables have. */
export function wideLoad(directory: string, scale: number): Load {
  const random = new Random(1)
  const kinds: readonly ((row: number) => number | null)[] = [
    row => 40_000_000 + row * 3, // an id
    () => random.below(10),
    () => 42,
    row => row % 1000,
    row => 1_767_225_600_000 + row * 250 + random.below(250), // a timestamp in ms
    () => (random.below(10) === 0 ? null : -random.below(100_000)),
    () => (random.below(2) === 0 ? null : random.below(1000)),
    () => random.below(2),
    () => random.uint32() - 2 ** 31,
    () => random.below(1_000_000) * 1_000_000 + random.below(1_000_000),
  ]
  const first = new ExactSum()
  const middle = new ExactSum()
  const last = new ExactSum()
  const fields: (number | null)[] = []

  function line(row: number): string {
    for (let column = 0; column < columns; column++)
      fields[column] = kinds[column % kinds.length]?.(row) ?? null
    first.add(fields[0] ?? 0)
    middle.add(fields[45] ?? 0)
    last.add(fields[99] ?? 0)
    return fields.join(',')
  }

  const rows = Math.ceil(rowsPerFile * scale)
  const types = Object.fromEntries(Array.from({ length: columns }, (_, i) => [`wide_${i}`, 'int64'] as const))
  const csvs = writeCsvs(directory, { files: 20, rows, types }, (row, file) => line(file * rows + row))
  const sums = { wide_0: first.total, wide_45: middle.total, wide_99: last.total }
  return { title: `${columns} columns of integers`, ...csvs, sums }
}
