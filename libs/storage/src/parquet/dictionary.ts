import { encodeHybrid } from './hybrid.ts'
import { GrowableBuffer, type PlainColumn } from './plainColumn.ts'

/** A column chunk as a dictionary page and data pages of indices into it. */
export interface DictionaryEncoded {
  /** The distinct values in PLAIN encoding, in order of first appearance. */
  dictionary: Uint8Array
  entries: number
  /** The values of each page: the bit width in a byte, then the indices. */
  pages: Uint8Array[]
}

const MAX_ENTRIES = 32 * 1024

// Reused from chunk to chunk: what is returned is valid until the next call of this thread.
const slots = new Int32Array(2 * MAX_ENTRIES) // index + 1; 0 is free
const entries = new Int32Array(2 * MAX_ENTRIES)
const out = new GrowableBuffer()
let indices = new Uint16Array(0)

/**
 * Dictionary-encodes values of eight bytes each. Returns undefined where that takes no fewer bytes than PLAIN, or
 * more than 32 Ki entries.
 */
export function encodeDictionary({ values, pages }: PlainColumn): DictionaryEncoded | undefined {
  const used = indexValues(values.ints, values.length / 8)
  if (used === undefined) return undefined
  const bitWidth = Math.max(1, 32 - Math.clz32(used - 1))
  const ends: number[] = []
  let from = 0
  out.length = 0
  for (const { byte } of pages) {
    out.reserve(1)
    out.bytes[out.length++] = bitWidth
    encodeHybrid(indices, from, byte / 8, bitWidth, out)
    from = byte / 8
    ends.push(out.length)
  }
  if (out.length + 8 * used >= values.length) return undefined
  return {
    dictionary: new Uint8Array(entries.buffer, 0, 8 * used),
    entries: used,
    pages: ends.map((end, i) => out.bytes.subarray(ends[i - 1] ?? 0, end)),
  }
}

/**
 * Numbers the distinct values in `entries` and `indices`, by a hash table with linear probing over their two
 * halves. Returns how many there are; undefined if they are too many to save anything.
 */
function indexValues(ints: Int32Array, count: number): number | undefined {
  const limit = Math.min(MAX_ENTRIES, Math.max(1, count >>> 1))
  const mask = 2 ** Math.ceil(Math.log2(2 * limit)) - 1
  slots.fill(0, 0, mask + 1)
  if (indices.length < count) indices = new Uint16Array(count)
  let used = 0
  for (let i = 0; i < count; i++) {
    const low = ints[2 * i]
    const high = ints[2 * i + 1]
    const hash = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1)
    let slot = (hash ^ (hash >>> 15)) & mask
    for (;;) {
      const index = slots[slot] - 1
      if (index < 0) {
        if (used === limit) return undefined
        entries[2 * used] = low
        entries[2 * used + 1] = high
        indices[i] = used
        slots[slot] = ++used
        break
      }
      if (entries[2 * index] === low && entries[2 * index + 1] === high) {
        indices[i] = index
        break
      }
      slot = (slot + 1) & mask
    }
  }
  return used
}
