const ZERO = 0x30
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e

const SPECIAL = new Map([
  ['NaN', Number.NaN],
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
])
const LONGEST_SPECIAL = '-Infinity'.length

const POWERS_OF_TEN = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))

/**
 * Parses a decimal number, or NaN and infinity as Python and JavaScript print them. Returns undefined for
 * anything else, and for what a double cannot stand for: a whole number that it would round, a number that it
 * would make infinite. Rounds to nearest, as every correct parser does.
 */
export function parseDouble(bytes: Uint8Array, start: number, end: number): number | undefined {
  let i = start
  const negative = bytes[i] === MINUS
  if (negative) i++
  let mantissa = 0
  let digits = 0
  let significant = 0
  let exponent = 0
  let point = false
  for (; i < end; i++) {
    const byte = bytes[i]
    if (byte === POINT && !point) {
      point = true
      continue
    }
    const digit = byte - ZERO
    if (digit >>> 0 > 9) break
    digits++
    if (significant > 0 || digit > 0) significant++
    mantissa = mantissa * 10 + digit
    if (point) exponent--
  }
  if (digits === 0) return special(bytes, start, end)
  const whole = i === end && !point
  if (i < end) {
    if ((bytes[i] | 0x20) !== 0x65) return undefined
    i++
    const sign = bytes[i]
    if (sign === MINUS || sign === PLUS) i++
    if (i === end) return undefined
    let written = 0
    for (; i < end; i++) {
      const digit = bytes[i] - ZERO
      if (digit >>> 0 > 9) return undefined
      written = Math.min(written * 10 + digit, 1e6)
    }
    exponent += sign === MINUS ? -written : written
  }
  // A mantissa below 2^53 and a power of ten up to 10^22 are both exact, so that one operation rounds once
  // (Clinger, How to Read Floating Point Numbers Accurately, 1990).
  if (significant <= 15 && exponent >= -22 && exponent <= 22) {
    const power = POWERS_OF_TEN[Math.abs(exponent)]
    const value = exponent < 0 ? mantissa / power : mantissa * power
    return negative ? -value : value
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
  const value = Number(text)
  if (!Number.isFinite(value) || (whole && BigInt(value) !== BigInt(text))) return undefined
  return value
}

function special(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start < 3 || end - start > LONGEST_SPECIAL) return undefined
  return SPECIAL.get(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'))
}
