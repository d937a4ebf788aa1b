// What statistics say about a column, as text. docs/statistics.md has the rules.
import type { ColumnType } from '../schema.ts'
import { specialTotal, UNIT_BITS } from '../sum/doubles.ts'
import { nearestDouble, nearestQuotient } from '../sum/exactNumber.ts'
import {
  type Bounds,
  type ColumnPartial,
  type Comparable,
  type Extent,
  type OtherType,
  SHOWN_BYTES,
} from './partial.ts'

export interface ShownBounds {
  min: string
  max: string
}

export interface ShownStats extends ShownBounds {
  rows: number
  nulls: number
  /** Of integers alone the exact integer, of any size; with doubles the double nearest to the exact sum. Empty if there are no numbers. */
  sum: string
  /** The double nearest to the exact sum divided by the number of values. Empty if there is no number. */
  mean: string
}

/** Makes the answer from the types that a column has, and the partial of all its values. */
export function shownStats(types: readonly ColumnType[], partial: ColumnPartial): ShownStats {
  const { rows, nulls, numbers, misfit } = partial
  const isNumeric = (type: ColumnType) =>
    type === 'int64' || type === 'double' || (type === 'text' && !misfit)
  const hasSum = types.every(isNumeric) && (numbers > 0 || types.some(type => type !== 'text'))
  const bounds = shownBounds(hasSum ? ['double'] : types, partial)
  const sums = hasSum ? shownSum(types.includes('double'), partial) : { sum: '', mean: '' }
  return { rows, nulls, ...bounds, ...sums }
}

/** Shows the least and the greatest value of a column with these types; both empty if the values have no order. */
export function shownBounds(types: readonly ColumnType[], { numbers, bounds }: Extent): ShownBounds {
  const isNumeric = types.every(type => type === 'int64' || type === 'double')
  if (isNumeric && numbers > 0) return shown(bounds.number ?? onlyNaN, String)
  const [type, ...others] = types
  const found = type && others.length === 0 ? bounds[type as OtherType] : undefined
  return found ? shown(found, texts[type as OtherType]) : { min: '', max: '' }
}

const onlyNaN: Bounds = { least: Number.NaN, greatest: Number.NaN }

function shown({ least, greatest }: Bounds, text: (value: Comparable) => string): ShownBounds {
  return { min: text(least), max: text(greatest) }
}

function shownSum(hasDoubles: boolean, { numbers, integers, doubles }: ColumnPartial) {
  const units = (integers << UNIT_BITS) + doubles.units
  const special = specialTotal(doubles)
  const mean = special ?? (numbers > 0 ? nearestQuotient(units, BigInt(numbers)) : undefined)
  return {
    sum: hasDoubles ? String(special ?? nearestDouble(units)) : String(integers),
    mean: mean === undefined ? '' : String(mean),
  }
}

const DAY = 86_400_000
const MICROSECONDS = 1_000_000n

const texts: Record<OtherType, (value: Comparable) => string> = {
  boolean: String,
  date: days => new Date((days as number) * DAY).toISOString().split('T')[0] as string,
  timestamp: micros => timestamp(micros as bigint),
  'timestamp-utc': micros => `${timestamp(micros as bigint)}Z`,
  text: key => shownText(key as string),
}

/** RFC 3339 without the zone, with as many digits behind the second as it takes. */
function timestamp(micros: bigint): string {
  const fraction = ((micros % MICROSECONDS) + MICROSECONDS) % MICROSECONDS
  const seconds = Number((micros - fraction) / MICROSECONDS)
  const whole = new Date(seconds * 1000).toISOString().split('.')[0] as string
  return fraction === 0n ? whole : `${whole}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
}

/** Shows a `textKey`, cut at the end of a character. */
function shownText(key: string): string {
  const utf8 = Buffer.from(key, 'latin1')
  if (utf8.length <= SHOWN_BYTES) return utf8.toString()
  let end = SHOWN_BYTES
  while (end > 0 && ((utf8[end] as number) & 0xc0) === 0x80) end--
  return utf8.toString('utf8', 0, end)
}
