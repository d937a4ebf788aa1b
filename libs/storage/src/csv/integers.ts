const MINUS = 0x2d
const ZERO = 0x30

/**
 * Splits `-?[0-9]+` into v = high * 10^9 + low, both with the sign of v, at `out[0]` and `out[1]`. Sums of
 * many such parts stay exact in doubles. Returns false if the text is anything else or outside int64.
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
