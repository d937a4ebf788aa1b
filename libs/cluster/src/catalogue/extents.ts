// What footers say about columns, as the catalogue keeps it: JSON of an array for each column, in the order of the header, with nulls,
// numbers and, if there are values with an order, the least and the greatest one.
import { type Bounds, type Column, type Comparable, type Extent, emptyExtent } from '@table/storage/worker'

type Stored = [nulls: number, numbers: number, least?: string, greatest?: string]

export function encodeExtents(columns: readonly Column[], extents: ReadonlyMap<string, Extent>): string {
  return JSON.stringify(
    columns.map(({ name, type }): Stored => {
      const { nulls, numbers, bounds } = extents.get(name) ?? emptyExtent()
      const found = bounds[kindOf(type)]
      return found ? [nulls, numbers, encode(found.least), encode(found.greatest)] : [nulls, numbers]
    }),
  )
}

/** Yields the extent of each column of an upload. */
export function* decodeExtents(
  columns: readonly Column[],
  rows: number,
  json: string,
): Generator<{ name: string; extent: Extent }> {
  const stored: Stored[] = JSON.parse(json)
  for (const [i, { name, type }] of columns.entries()) {
    const [nulls, numbers, least, greatest] = stored[i] as Stored
    const bounds: Bounds | undefined =
      least !== undefined && greatest !== undefined
        ? { least: decode(least), greatest: decode(greatest) }
        : undefined
    yield { name, extent: { rows, nulls, numbers, bounds: bounds ? { [kindOf(type)]: bounds } : {} } }
  }
}

function kindOf(type: Column['type']) {
  return type === 'int64' || type === 'double' ? 'number' : type
}

/** Writes a value with the letter of its type: JSON has neither large integers nor NaN nor -0. */
function encode(value: Comparable): string {
  switch (typeof value) {
    case 'bigint':
      return `i${value}`
    case 'number':
      return `d${Object.is(value, -0) ? '-0' : value}`
    case 'boolean':
      return `b${value ? 1 : 0}`
    default:
      return `t${value}`
  }
}

function decode(text: string): Comparable {
  const value = text.slice(1)
  switch (text[0]) {
    case 'i':
      return BigInt(value)
    case 'd':
      return Number(value)
    case 'b':
      return value === '1'
    default:
      return value
  }
}
