import { writeCsvs } from './csv.ts'
import { ExactSum } from './exactSum.ts'
import type { Load } from './load.ts'
import { Random } from './random.ts'

const things = [
  'lamp, brass',
  'chair, oak',
  'shelf 24"',
  'rug, "Kelim"',
  'Café table',
  'desk, foldable',
] as const
const colours = ['white', 'black', 'red, matte', 'sea green', 'grey'] as const
const categories = ['furniture', 'lighting', 'textiles', 'outdoor', 'kitchen'] as const
const types = {
  export_id: 'int64',
  export_quantity: 'int64',
  export_description: 'text',
  export_category: 'text',
  export_price: 'double',
  export_weight: 'double',
  export_day: 'date',
  export_at: 'timestamp',
  export_amount: 'int64',
} as const

/**
 * Writes what a shop exports: quoted text, decimals, dates and times among integers. A tenth of the fields is
 * empty.
 */
export function exportsLoad(directory: string, scale: number): Load {
  const random = new Random(1)
  const quantities = new ExactSum()
  const amounts = new ExactSum()

  function sometimes<T>(value: T): T | null {
    return random.below(10) === 0 ? null : value
  }

  function line(id: number): string {
    const quantity = sometimes(random.below(500))
    const amount = sometimes(random.below(2_000_000) - 500_000)
    quantities.add(quantity ?? 0)
    amounts.add(amount ?? 0)
    const description = `${random.pick(things)}, ${random.pick(colours)}, no. ${random.below(10_000)}`
    const price = (random.below(100_000) / 100).toFixed(2)
    const weight = random.uint32() / 1e7
    const time = new Date(1_700_000_000_000 + random.uint32() * 15).toISOString()
    return [
      id,
      quantity,
      sometimes(quoted(description)),
      sometimes(random.pick(categories)),
      sometimes(price),
      sometimes(weight),
      sometimes(time.slice(0, 10)),
      sometimes(time.slice(0, 19).replace('T', ' ')),
      amount,
    ].join(',')
  }

  const rows = Math.ceil(62_500 * scale)
  const csvs = writeCsvs(directory, { files: 20, rows, types }, (row, file) => line(file * rows + row))
  const sums = { export_quantity: quantities.total, export_amount: amounts.total }
  return { title: 'a table as shops export it', ...csvs, sums }
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}
