// ULEB128, the numbers of variable length in Parquet's encodings: seven bits a byte, the lowest first.

/** How many bytes `writeVarint` writes. */
// @ts-expect-error: a decorator
@inline
export function varintBytes(value: u64): u32 {
  return (70 - <u32>clz(value | 1)) / 7
}

/** Returns where it ends. */
export function writeVarint(value: u64, out: usize): usize {
  for (; value >= 0x80; value >>= 7) store<u8>(out++, <u8>value | 0x80)
  store<u8>(out, <u8>value)
  return out + 1
}

/** Signed numbers as unsigned ones: near 0 they stay small. */
// @ts-expect-error: a decorator
@inline
export function zigzag(value: i64): u64 {
  return <u64>((value << 1) ^ (value >> 63))
}
