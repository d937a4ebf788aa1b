/**
 * The double nearest to a decimal number in ASCII. NaN if that is infinite, or if the number is `whole` (has neither a point
 * nor an exponent) and is not that double.
 */
export function parseDecimal(bytes: Uint8Array, whole: boolean): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const value = Number(text)
  if (!Number.isFinite(value) || (whole && BigInt(value) !== BigInt(text))) return Number.NaN
  return value
}
