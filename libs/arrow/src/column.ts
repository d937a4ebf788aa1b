import type { ArrowField, ArrowType } from './type.ts'

/** The rows of a column in a batch, in the buffers that Arrow keeps them in. Times of day are in microseconds. */
export interface ArrowColumn {
  type: ArrowType
  /** An array of numbers or bigints as wide as the type: bits for booleans, words of 32 bits for decimals, bytes for texts. */
  values: ArrayBufferView & { readonly [index: number]: number | bigint }
  /** Where the text of each row begins, and where the last one ends. */
  offsets: Int32Array | undefined
  /** Has a 1 for each row that is not null. Undefined: none is null. */
  valid: Uint8Array | undefined
  /** Which bit of `valid`, and of the values of booleans, belongs to the first row. */
  firstBit: number
}

/** Some rows of an answer. */
export interface Batch {
  rows: number
  columns: readonly ArrowColumn[]
}

/** The answer of a query: its columns, and its rows as they come. A batch is valid until the next one. */
export interface Answer {
  fields: readonly ArrowField[]
  batches: AsyncIterable<Batch>
}

export function isBitSet(bits: Uint8Array, bit: number): boolean {
  return (((bits[bit >> 3] as number) >> (bit & 7)) & 1) === 1
}
