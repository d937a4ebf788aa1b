const MINUS = 0x2d
const ZERO = 0x30
const TWO_32 = 4294967296

const parts = new Float64Array(2)

/**
 * Parses `-?[0-9]+` in `bytes[start, end)` into the two 32-bit halves of an int64, low half first, at
 * `out[at]`. Returns false, with `out` in any state, if it is anything else or outside int64.
 */
export function parseInt64(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Int32Array,
  at: number,
): boolean {
  const negative = bytes[start] === MINUS
  let i = negative ? start + 1 : start
  const digits = end - i
  if (digits < 1) return false
  if (digits > 15) {
    if (!splitInt64(bytes, start, end, parts)) return false
    storeMultiplyAdd(parts[0], 1e9, parts[1], out, at)
    return true
  }
  let value = 0
  for (; i < end; i++) {
    const digit = bytes[i] - ZERO
    if (digit >>> 0 > 9) return false
    value = value * 10 + digit
  }
  if (negative) value = -value
  out[at] = value
  out[at + 1] = Math.floor(value / TWO_32)
  return true
}

/**
 * Splits `-?[0-9]+` into v = high * 10^9 + low, both of the sign of v, at `out[0]` and `out[1]`. Sums of many
 * such parts stay exact in doubles. Returns false if it is anything else or outside int64.
 */
export function splitInt64(bytes: Uint8Array, start: number, end: number, out: Float64Array): boolean {
  const negative = bytes[start] === MINUS
  let i = negative ? start + 1 : start
  if (i >= end) return false
  while (bytes[i] === ZERO && i < end - 19) i++
  if (end - i > 19) return false
  const split = Math.max(i, end - 9)
  let high = 0
  let low = 0
  for (; i < split; i++) {
    const digit = bytes[i] - ZERO
    if (digit >>> 0 > 9) return false
    high = high * 10 + digit
  }
  for (; i < end; i++) {
    const digit = bytes[i] - ZERO
    if (digit >>> 0 > 9) return false
    low = low * 10 + digit
  }
  if (high > 9223372036 || (high === 9223372036 && low > (negative ? 854775808 : 854775807))) return false
  out[0] = negative ? -high : high
  out[1] = negative ? -low : low
  return true
}

/**
 * Stores a * m + b as an int64, low half first, exactly, although the product may be beyond 2^53:
 * |a| < 2^48, 0 < m <= 10^9 and |b| < 10^9 whole, the result within int64.
 */
export function storeMultiplyAdd(a: number, m: number, b: number, out: Int32Array, at: number): void {
  const aHigh = Math.floor(a / 65536)
  const product = aHigh * m // to be shifted left by 16
  const productHigh = Math.floor(product / 65536)
  const low = (product - productHigh * 65536) * 65536 + ((a - aHigh * 65536) * m + b)
  out[at] = low
  out[at + 1] = productHigh + Math.floor(low / TWO_32)
}
