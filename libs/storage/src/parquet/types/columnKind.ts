import type { SchemaElement } from 'hyparquet'
import type { Block } from '../../csv/records.ts'
import type { GrowableBuffer, PlainColumn } from '../plainColumn.ts'

export type Bound = bigint | number | boolean | Uint8Array

/** How one column type goes from CSV fields to Parquet. */
export interface ColumnKind {
  /** The type in the Parquet schema: physical, logical and, for old readers, converted. */
  schema: Pick<SchemaElement, 'type' | 'logical_type' | 'converted_type'>
  /** Bytes that each value has in `PlainColumn.values`; 0 if they differ. */
  width: 0 | 1 | 4 | 8
  /**
   * Appends one column of a block. Returns false at the first field that is not of this type; the column is
   * then of no use any more.
   */
  append(block: Block, column: number, to: PlainColumn): boolean
  /** The least and the greatest of the values; undefined if there is none, or none that compares. */
  range(values: GrowableBuffer): { min: Bound; max: Bound } | undefined
}

const QUOTE = 0x22

/**
 * Makes the `append` of a type whose values all have `width` bytes, from the function that parses
 * `bytes[start, end)` into `values` as value number `index` and returns false if it cannot.
 */
export function fixedWidthAppend(
  width: number,
  store: (bytes: Uint8Array, start: number, end: number, values: GrowableBuffer, index: number) => boolean,
): ColumnKind['append'] {
  return ({ bytes, bounds, records, columns }, column, to) => {
    const { values } = to
    to.beginBlock(records)
    values.reserve(records * width)
    let index = values.length / width
    for (let r = 0, i = 2 * column; r < records; r++, i += 2 * columns) {
      let start = bounds[i]
      let end = bounds[i + 1]
      if (start === end) {
        to.addNull(r)
        continue
      }
      if (bytes[start] === QUOTE) {
        start++
        end--
      }
      if (!store(bytes, start, end, values, index)) return false
      index++
    }
    values.length = index * width
    to.endBlock()
    return true
  }
}
