// The exact total of all pages since `clearPageTotal`, in 128 bits. No file is long enough to overflow them.

let low: u64 = 0
let high: i64 = 0

export function clearPageTotal(): void {
  low = 0
  high = 0
}

/** Returns the lower 64 bits, which are unsigned. */
export function pageTotalLow(): u64 {
  return low
}

export function pageTotalHigh(): i64 {
  return high
}

/** Adds halves * 2^32 + ones. */
export function addHalves(halves: i64, ones: u64): void {
  const shifted = (<u64>halves) << 32
  const sum = low + shifted
  low = sum + ones
  high += (halves >> 32) + <i64>(sum < shifted) + <i64>(low < ones)
}

/** Adds a value `times` times. */
export function addProduct(value: i64, times: u32): void {
  addHalves((value >> 32) * <i64>times, (<u64>value & 0xffffffff) * <u64>times)
}
