/**
 * Returns the double nearest to a decimal number in ASCII. Returns NaN if the double is infinite, or if the
 * number is `whole` (has neither a point nor an exponent) and the double does not hold it exactly.
 */
export function parseDecimal(bytes: Uint8Array, whole: boolean): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const value = Number(text)
  if (!Number.isFinite(value) || (whole && BigInt(value) !== BigInt(text))) return Number.NaN
  return value
}
