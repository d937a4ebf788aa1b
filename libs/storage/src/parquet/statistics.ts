import type { ColumnMetaData } from 'hyparquet'
import type { ColumnType } from '../schema.ts'
import { Statistics } from './thrift.ts'

export type Bound = bigint | number | boolean | Uint8Array

/** Longer bounds of texts are cut, because a bound need not be a value. */
const MAX_BOUND_BYTES = 64

/** Returns the Statistics of a column chunk. */
export function thriftStatistics(statistics: NonNullable<ColumnMetaData['statistics']>, type: ColumnType) {
  const min = statistics.min_value as Bound | undefined
  const max = statistics.max_value as Bound | undefined
  const bounds = min !== undefined && max !== undefined
  const minBytes = bounds ? boundBytes(min, type) : undefined
  const maxBytes = bounds ? boundBytes(max, type) : undefined
  const least = minBytes && cut(minBytes)
  const greatest = maxBytes && cutAbove(maxBytes)
  return {
    [Statistics.null_count]: statistics.null_count,
    [Statistics.max_value]: greatest,
    [Statistics.min_value]: least,
    [Statistics.is_max_value_exact]: greatest && greatest === maxBytes,
    [Statistics.is_min_value_exact]: least && least === minBytes,
  }
}

function boundBytes(value: Bound, type: ColumnType): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'boolean') return Uint8Array.of(value ? 1 : 0)
  const bytes = Buffer.alloc(type === 'date' ? 4 : 8)
  if (typeof value === 'bigint') bytes.writeBigInt64LE(value)
  else if (type === 'date') bytes.writeInt32LE(value)
  else bytes.writeDoubleLE(value)
  return bytes
}

/** Cuts a text to at most `MAX_BOUND_BYTES`, at the end of a character. */
function cut(text: Uint8Array): Uint8Array {
  if (text.length <= MAX_BOUND_BYTES) return text
  let end = MAX_BOUND_BYTES
  while (((text[end] as number) & 0xc0) === 0x80) end--
  return text.subarray(0, end)
}

/**
 * Cuts a text and makes it greater than the text by replacing the last character with the next one. Returns
 * undefined if there is no next character.
 */
function cutAbove(text: Uint8Array): Uint8Array | undefined {
  const head = cut(text)
  if (head === text) return text
  const characters = [...Buffer.from(head).toString()]
  for (let last = characters.pop(); last !== undefined; last = characters.pop()) {
    const code = last.codePointAt(0) as number
    // Skip the surrogates, which are not characters.
    const next = code === 0xd7ff ? 0xe000 : code + 1
    if (next <= 0x10ffff) return Buffer.from(characters.join('') + String.fromCodePoint(next))
  }
  return undefined
}
