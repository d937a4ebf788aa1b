/**
 * Bit-packs eight lanes of 16 bits, all below 2^width with 1 <= width <= 16, into `width` bytes. Writes up to
 * 16 bytes.
 */
// @ts-expect-error: a decorator
@inline
export function packEight(lanes: v128, width: u32, out: usize): void {
  const twos = v128.or(v128.and(lanes, i32x4.splat(0xffff)), i32x4.shl(i32x4.shr_u(lanes, 16), width))
  const fours = v128.or(v128.and(twos, i64x2.splat(0xffffffff)), i64x2.shl(i64x2.shr_u(twos, 32), 2 * width))
  const low = <u64>i64x2.extract_lane(fours, 0)
  const high = <u64>i64x2.extract_lane(fours, 1)
  // With an odd width, four lanes end within a byte.
  store<u64>(out, low)
  const middle = out + (width >> 1)
  store<u64>(middle, width & 1 ? (low >> (4 * width - 4)) | (high << 4) : high)
}
