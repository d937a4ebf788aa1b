import type { ColumnKind } from './columnKind.ts'

const QUOTE = 0x22

/** UTF-8, each value behind its length in four bytes. There are no nulls: an empty field is the empty text. */
export const text: ColumnKind = {
  schema: { type: 'BYTE_ARRAY', logical_type: { type: 'STRING' }, converted_type: 'UTF8' },
  width: 0,

  append({ bytes, bounds, records, columns }, column, to) {
    const { values } = to
    to.beginBlock(records)
    for (let r = 0, i = 2 * column; r < records; r++, i += 2 * columns) {
      const start = bounds[i]
      const end = bounds[i + 1]
      values.reserve(4 + end - start)
      const at = values.length + 4
      const length =
        start < end && bytes[start] === QUOTE
          ? copyUnquoted(bytes, start + 1, end - 1, values.bytes, at)
          : copy(bytes, start, end, values.bytes, at)
      values.bytes[at - 4] = length
      values.bytes[at - 3] = length >> 8
      values.bytes[at - 2] = length >> 16
      values.bytes[at - 1] = length >> 24
      values.length = at + length
    }
    to.endBlock()
    return true
  },

  range({ bytes, length }) {
    if (length === 0) return undefined
    const all = Buffer.from(bytes.buffer, 0, length)
    let min = all.subarray(4, 4 + all.readInt32LE(0))
    let max = min
    for (let at = 0; at < length; ) {
      const end = at + 4 + all.readInt32LE(at)
      if (compare(all, at + 4, end, min) < 0) min = all.subarray(at + 4, end)
      else if (compare(all, at + 4, end, max) > 0) max = all.subarray(at + 4, end)
      at = end
    }
    return { min: Uint8Array.from(min), max: Uint8Array.from(max) }
  },
}

function copy(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  // Most fields are short: a call that copies memory would cost more than the bytes.
  if (end - start > 32) to.set(from.subarray(start, end), at)
  else for (let i = start; i < end; i++) to[at++] = from[i]
  return end - start
}

/** Copies what stands between the quotes, each doubled quote once. */
function copyUnquoted(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  const first = at
  for (let i = start; i < end; i++) {
    const byte = from[i]
    if (byte === QUOTE) i++
    to[at++] = byte
  }
  return at - first
}

function compare(all: Buffer, start: number, end: number, bound: Buffer): number {
  const first = (start < end ? all[start] : -1) - (bound[0] ?? -1)
  return first !== 0 ? first : all.compare(bound, 0, bound.length, start, end)
}
