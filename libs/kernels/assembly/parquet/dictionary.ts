// Numbers the distinct values of a column in order of first appearance, with a hash table and linear probing.

/**
 * Numbers `count` values of eight bytes: writes the distinct values to `entries`, and each value's number to
 * `indices` in two bytes. Returns the number of distinct values, or 0 if there are more than `limit`, which
 * is at most 65535. The memory at `table` must hold 2 bytes times the smallest power of two that is at least
 * 2 * `limit`.
 */
export function dictionary64(
  values: usize,
  count: u32,
  limit: u32,
  table: usize,
  entries: usize,
  indices: usize,
): u32 {
  return number<u64>(values, count, limit, table, entries, indices)
}

/** Like `dictionary64`, for values of four bytes. */
export function dictionary32(
  values: usize,
  count: u32,
  limit: u32,
  table: usize,
  entries: usize,
  indices: usize,
): u32 {
  return number<u32>(values, count, limit, table, entries, indices)
}

/**
 * Samples 1024 of `count` >= 1024 values of eight bytes, and returns how many repeat another value of the
 * sample. The memory at `table` must be as large as for a limit of 1024, and that at `scratch` 18 KiB.
 */
export function sampleRepeats64(values: usize, count: u32, table: usize, scratch: usize): u32 {
  return sampleRepeats<u64>(values, count, table, scratch)
}

export function sampleRepeats32(values: usize, count: u32, table: usize, scratch: usize): u32 {
  return sampleRepeats<u32>(values, count, table, scratch)
}

const SAMPLE: u32 = 1024

/**
 * Takes a random value from each 1024th part of the column: a fixed step could meet the period that many
 * columns have.
 */
// @ts-expect-error: a decorator
@inline
function sampleRepeats<T>(values: usize, count: u32, table: usize, scratch: usize): u32 {
  const part = count / SAMPLE
  const entries = scratch + SAMPLE * sizeof<T>()
  let random: u64 = 1
  for (let i: u32 = 0; i < SAMPLE; i++) {
    random = random * 6364136223846793005 + 1442695040888963407
    const at = i * part + <u32>(((random >> 32) * part) >> 32)
    store<T>(scratch + i * sizeof<T>(), load<T>(values + <usize>at * sizeof<T>()))
  }
  return SAMPLE - number<T>(scratch, SAMPLE, SAMPLE, table, entries, entries + SAMPLE * sizeof<T>())
}

// @ts-expect-error: a decorator
@inline
function number<T>(values: usize, count: u32, limit: u32, table: usize, entries: usize, indices: usize): u32 {
  const bits = 33 - clz(limit - 1)
  const mask = (<usize>1 << bits) - 1
  memory.fill(table, 0, (mask + 1) << 1)
  const shift = <T>(sizeof<T>() * 8 - bits)
  let used: u32 = 0
  for (const end = values + <usize>count * sizeof<T>(); values < end; values += sizeof<T>(), indices += 2) {
    const value = load<T>(values)
    let slot = <usize>((value * <T>(sizeof<T>() == 4 ? 0x9e3779b1 : 0x9e3779b97f4a7c15)) >> shift)
    let entry = <u32>load<u16>(table + (slot << 1))
    while (entry != 0 && load<T>(entries + (<usize>entry - 1) * sizeof<T>()) != value) {
      slot = (slot + 1) & mask
      entry = <u32>load<u16>(table + (slot << 1))
    }
    if (entry == 0) {
      if (used == limit) return 0
      store<T>(entries + <usize>used * sizeof<T>(), value)
      entry = ++used
      store<u16>(table + (slot << 1), entry)
    }
    store<u16>(indices, entry - 1)
  }
  return used
}
