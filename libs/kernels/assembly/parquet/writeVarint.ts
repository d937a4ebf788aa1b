// ULEB128, the variable-length numbers of Parquet's encodings: seven bits a byte, the lowest first.

/** Returns how many bytes `writeVarint` writes. */
// @ts-expect-error: a decorator
@inline
export function varintBytes(value: u64): u32 {
  return (70 - <u32>clz(value | 1)) / 7
}

/** Writes a number. Returns the end address. */
export function writeVarint(value: u64, out: usize): usize {
  for (; value >= 0x80; value >>= 7) store<u8>(out++, <u8>value | 0x80)
  store<u8>(out, <u8>value)
  return out + 1
}

/** Maps signed numbers to unsigned ones so that numbers near 0 stay small. */
// @ts-expect-error: a decorator
@inline
export function zigzag(value: i64): u64 {
  return <u64>((value << 1) ^ (value >> 63))
}
