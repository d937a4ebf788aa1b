// Sums pages of indices into a dictionary without looking at the values one by one: a run adds one product,
// and bit-packed indices are looked up several at a time in a table of the sums of their values.
import { nextStretch, stretchPacked, stretchValue, stretchValues } from '../parquet/hybridStretch'
import { packedNumber } from './packedSum'
import { openPage, pageBroken, readByte } from '../parquet/pageBytes'
import { addHalves, addProduct } from './pageTotal'

/** The most bits of a symbol that is looked up in the table. */
const MAX_SYMBOL_BITS: u32 = 16
/** Symbols are joined into symbols of twice the bits up to this size, so that the table stays in the L1 cache. */
const JOINED_SYMBOL_BITS: u32 = 10
const MIN_SYMBOL_BITS: u32 = 4

// An entry of the table has two lanes of 64 bits: the lower half of a sum of values + 2^63, and the upper
// half. An index outside the dictionary counts for more in the lower lane than `LOOKUPS` lookups of legal
// indices add up to.
const LOOKUPS: u32 = 4096
const ILLEGAL: i64 = 1 << 48

/** The values of the dictionary that was opened last, 8 bytes each. */
export let dictionary: usize = 0
export let entries: u32 = 0
let table: usize = 0
let roomBits: u32 = 0
/**
 * The current table: the bits of an index (0 without a table), the bits of a symbol, and how many indices a
 * symbol is.
 */
let indexBits: u32 = 0
let symbolBits: u32 = 0
let joined: u32 = 0

/**
 * Makes the `count` PLAIN int64 values that fill [from, to) the dictionary, from now on at `tables`, where there is room for
 * them and at most `tablesBytes` in all. Returns false if they do not fill it.
 */
export function openDictionary(from: usize, to: usize, count: u32, tables: usize, tablesBytes: u32): bool {
  if (<u64>(to - from) != <u64>count << 3 || <u64>(to - from) > <u64>tablesBytes) return false
  dictionary = tables
  entries = count
  memory.copy(tables, from, to - from)
  const used = ((<usize>count << 3) + 63) & ~63
  table = tables + used
  const room = used < <usize>tablesBytes ? (tablesBytes - <u32>used) >> 4 : 0
  roomBits = room > 0 ? 31 - clz<u32>(room) : 0
  indexBits = 0
  return true
}

/**
 * Adds the values of `count` indices in [from, to): their bit width in a byte, then a hybrid. Returns false
 * if the indices are damaged or not all in the dictionary.
 */
export function sumIndices(from: usize, to: usize, count: u32): bool {
  if (count == 0) return true
  openPage(from, to)
  const width = readByte()
  if (pageBroken || width > 32 || entries == 0) return false
  if (width == 0) {
    addProduct(load<i64>(dictionary), count)
    return true
  }
  const lookUp = prepareTable(width, count)
  for (let left = count; left > 0; left -= stretchValues) {
    if (!nextStretch(left, width)) return false
    if (!stretchPacked) {
      if (stretchValue >= entries) return false
      addProduct(load<i64>(dictionary + (<usize>stretchValue << 3)), stretchValues)
      continue
    }
    const symbols = lookUp ? stretchValues / joined : 0
    if (!addSymbols(stretchPacked, symbols)) return false
    if (!addIndices(stretchPacked, symbols * joined, stretchValues, width)) return false
  }
  return true
}

/**
 * Makes a table for indices of `width` bits if that costs less than `count` lookups. Returns whether there is
 * a table.
 */
function prepareTable(width: u32, count: u32): bool {
  if (indexBits == width) return true
  const most = min(min(MAX_SYMBOL_BITS, roomBits), 31 - clz(count))
  let bits = width
  while (bits << 1 <= min(most, JOINED_SYMBOL_BITS)) bits <<= 1
  if (bits > most || bits < MIN_SYMBOL_BITS) return false
  indexBits = symbolBits = width
  joined = 1
  const size: u32 = 1 << width
  for (let i: u32 = 0; i < size; i++) {
    const at = table + (<usize>i << 4)
    if (i < entries) {
      const value = <u64>load<i64>(dictionary + (<usize>i << 3)) ^ (1 << 63)
      store<u64>(at, value & 0xffffffff)
      store<u64>(at, value >> 32, 8)
    } else {
      store<i64>(at, ILLEGAL)
      store<i64>(at, 0, 8)
    }
  }
  while (symbolBits < bits) joinSymbols()
  return true
}

/**
 * Joins every two symbols into one, from the last one down, so that single symbols are overwritten only when
 * they are not needed any more.
 */
function joinSymbols(): void {
  const size: u32 = 1 << symbolBits
  for (let i: u32 = size * size; i-- > 0; ) {
    const one = v128.load(table + (<usize>(i & (size - 1)) << 4))
    const other = v128.load(table + (<usize>(i >> symbolBits) << 4))
    v128.store(table + (<usize>i << 4), i64x2.add(one, other))
  }
  symbolBits <<= 1
  joined <<= 1
}

/** Adds symbols through the table. Returns false if a symbol has an illegal index. */
function addSymbols(from: usize, symbols: u32): bool {
  // Eight symbols of n bits take n bytes.
  const eights = symbols & ~7
  let sums = i64x2.splat(0)
  for (let i = eights; i < symbols; i++) {
    sums = i64x2.add(sums, entry(packedNumber(from, <u64>i * symbolBits, symbolBits) << 4, symbolBits))
  }
  return addEntries(sums, symbols - eights) && addEights(from, eights)
}

/** Adds the sum of `count` entries. Returns false if one of them has an illegal index. */
function addEntries(sums: v128, count: u32): bool {
  const ones = <u64>i64x2.extract_lane(sums, 0)
  if (ones >= <u64>ILLEGAL) return false
  addHalves(i64x2.extract_lane(sums, 1) - ((<i64>count * joined) << 31), ones)
  return true
}

function addEights(from: usize, symbols: u32): bool {
  // Shifting by a constant costs less.
  switch (symbolBits) {
    case 4: return addEightsOf(4, from, symbols)
    case 5: return addEightsOf(5, from, symbols)
    case 6: return addEightsOf(6, from, symbols)
    case 7: return addEightsOf(7, from, symbols)
    case 8: return addEightsOf(8, from, symbols)
    case 9: return addEightsOf(9, from, symbols)
    case 10: return addEightsOf(10, from, symbols)
    case 11: return addEightsOf(11, from, symbols)
    case 12: return addEightsOf(12, from, symbols)
    case 13: return addEightsOf(13, from, symbols)
    case 14: return addEightsOf(14, from, symbols)
    case 15: return addEightsOf(15, from, symbols)
    default: return addEightsOf(16, from, symbols)
  }
}

// @ts-expect-error: a decorator
@inline
function addEightsOf(bits: u64, from: usize, symbols: u32): bool {
  let at = from
  for (let left = symbols; left > 0; ) {
    const some = min(left, LOOKUPS)
    const stop = at + (<usize>some >> 3) * <usize>bits
    let a = i64x2.splat(0)
    let b = i64x2.splat(0)
    for (; at < stop; at += <usize>bits) {
      const low = load<u64>(at)
      a = i64x2.add(a, entry(low << 4, bits))
      b = i64x2.add(b, entry(low >> (bits - 4), bits))
      a = i64x2.add(a, entry(low >> (bits * 2 - 4), bits))
      b = i64x2.add(b, entry(low >> (bits * 3 - 4), bits))
      // The second four symbols may begin in the middle of a byte.
      const high = load<u64>(at + <usize>(bits >> 1)) >> ((bits & 1) << 2)
      a = i64x2.add(a, entry(high << 4, bits))
      b = i64x2.add(b, entry(high >> (bits - 4), bits))
      a = i64x2.add(a, entry(high >> (bits * 2 - 4), bits))
      b = i64x2.add(b, entry(high >> (bits * 3 - 4), bits))
    }
    if (!addEntries(i64x2.add(a, b), some)) return false
    left -= some
  }
  return true
}

/** Returns the entry of a symbol. `place` holds the symbol times 16, with other bits above. */
// @ts-expect-error: a decorator
@inline
function entry(place: u64, bits: u64): v128 {
  return v128.load(table + <usize>(place & ((((<u64>1) << bits) - 1) << 4)))
}

/** Adds the indices number `first` to `count` - 1 one by one. Returns false if an index is not in the dictionary. */
function addIndices(from: usize, first: u32, count: u32, width: u32): bool {
  let ones: u64 = 0
  let halves: i64 = 0
  let beyond: u64 = 0
  for (let i = first; i < count; i++) {
    const index = packedNumber(from, <u64>i * width, width)
    const legal = min<u64>(index, entries - 1)
    beyond |= index ^ legal
    const value = load<i64>(dictionary + (<usize>legal << 3))
    ones += <u64>value & 0xffffffff
    halves += value >> 32
  }
  addHalves(halves, ones)
  return beyond == 0
}
