import { parseInt64 } from '../../csv/integers.ts'
import type { GrowableBuffer } from '../plainColumn.ts'
import { type ColumnKind, fixedWidthAppend } from './columnKind.ts'

export const int64: ColumnKind = {
  schema: { type: 'INT64' },
  width: 8,
  append: fixedWidthAppend(8, (bytes, start, end, { ints }, index) =>
    parseInt64(bytes, start, end, ints, 2 * index),
  ),
  range: int64Range,
}

/** The range of int64 values that lie as two 32-bit halves, low half first. */
export function int64Range({ ints, length }: GrowableBuffer): { min: bigint; max: bigint } | undefined {
  if (length === 0) return undefined
  let min = 0
  let max = 0
  for (let i = 2; i < length / 4; i += 2) {
    if (less(ints, i, min)) min = i
    else if (less(ints, max, i)) max = i
  }
  return { min: valueAt(ints, min), max: valueAt(ints, max) }
}

function less(ints: Int32Array, a: number, b: number): boolean {
  const highA = ints[a + 1]
  const highB = ints[b + 1]
  return highA < highB || (highA === highB && ints[a] >>> 0 < ints[b] >>> 0)
}

function valueAt(ints: Int32Array, at: number): bigint {
  return (BigInt(ints[at + 1]) << 32n) + BigInt(ints[at] >>> 0)
}
