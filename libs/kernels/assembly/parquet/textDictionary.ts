// Numbers the distinct texts of a column in order of first appearance, with a hash table and linear probing.
// A text is its length in four bytes, then its bytes.

/** If most of this many texts are distinct, a dictionary does not pay off. */
const TRIAL: u32 = 8192

let bytes: usize = 0

/** Returns the bytes of the distinct texts that the last `textDictionary` wrote. */
export function textDictionaryBytes(): usize {
  return bytes
}

/**
 * Numbers the texts in [from, to): writes the distinct texts to `entries` one after the other, and each
 * text's number to `indices` in two bytes. Returns the number of distinct texts, or 0 if there are more than
 * `limit` (at most 65535), if they take more than `limitBytes`, or if a dictionary is unlikely to pay off.
 * The memory at `table` must hold 8 bytes times the smallest power of two that is at least 2 * `limit`. May
 * overwrite up to 8 bytes after the entries.
 */
export function textDictionary(
  from: usize,
  to: usize,
  limit: u32,
  limitBytes: usize,
  table: usize,
  entries: usize,
  indices: usize,
): u32 {
  const bits = 33 - clz(limit - 1)
  const mask = (<usize>1 << bits) - 1
  memory.fill(table, 0, (mask + 1) << 3)
  const shift = <u64>(64 - bits)
  const trialEnd = indices + 2 * TRIAL
  let used: u32 = 0
  let out = entries
  for (let at = from; at < to; indices += 2) {
    const size = <usize>load<u32>(at) + 4
    const hash = hashOf(at, size)
    let slot = <usize>(hash >> shift)
    let entry = load<u64>(table + (slot << 3))
    while (entry != 0 && !(<u16>entry == <u16>hash && isEqual(<usize>(entry >> 32), at, size))) {
      slot = (slot + 1) & mask
      entry = load<u64>(table + (slot << 3))
    }
    if (entry == 0) {
      if (used == limit || out + size > entries + limitBytes) return 0
      if (indices == trialEnd && used > TRIAL - TRIAL / 8) return 0
      entry = (<u64>out << 32) | (used << 16) | <u16>hash
      store<u64>(table + (slot << 3), entry)
      copy(at, size, out)
      out += size
      used++
    }
    store<u16>(indices, <u16>(entry >> 16))
    at += size
  }
  bytes = out - entries
  return used
}

/** Hashes a text. Texts of up to sixteen bytes take no branch, because the processor could not predict their length. */
// @ts-expect-error: a decorator
@inline
function hashOf(text: usize, size: usize): u64 {
  let hash = mixed(firstWord(text, size))
  const last = text + size - 8
  for (let at = text + 8; at < last; at += 8) hash = mixed(hash ^ load<u64>(at))
  return mixed(hash ^ lastWord(text, size))
}

// @ts-expect-error: a decorator
@inline
function mixed(hash: u64): u64 {
  hash *= 0x9e3779b97f4a7c15
  return hash ^ (hash >> 32)
}

/** Returns the first eight bytes of a text, padded with zeros. */
// @ts-expect-error: a decorator
@inline
function firstWord(text: usize, size: usize): u64 {
  return load<u64>(text) & (<u64>-1 >> (64 - (min(<u64>size, 8) << 3)))
}

/** Returns the last eight bytes of a text, or 0 if the text has at most eight bytes. */
// @ts-expect-error: a decorator
@inline
function lastWord(text: usize, size: usize): u64 {
  return select<u64>(load<u64>(text + size - 8), 0, size > 8)
}

/** Returns whether two texts are equal. `size` is the size of the second text. */
// @ts-expect-error: a decorator
@inline
function isEqual(a: usize, b: usize, size: usize): bool {
  let unequal = firstWord(a, size) ^ firstWord(b, size)
  unequal |= lastWord(a, size) ^ lastWord(b, size)
  const end = size - 8
  for (let i: usize = 8; <isize>i < <isize>end; i += 8) unequal |= load<u64>(a + i) ^ load<u64>(b + i)
  return unequal == 0
}

// @ts-expect-error: a decorator
@inline
function copy(from: usize, size: usize, out: usize): void {
  for (let i: usize = 0; i < size; i += 8) store<u64>(out + i, load<u64>(from + i))
}
