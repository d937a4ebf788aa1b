// Works on 64 bytes at a time: finds which of them are of a kind as a 64-bit mask, and turns masks into
// positions.

// Load these vectors from memory: V8 builds a literal vector at each use, while a loaded one stays in a
// register.
export const LFS = memory.data<u64>([0x0a0a0a0a0a0a0a0a, 0x0a0a0a0a0a0a0a0a])
export const QUOTES = memory.data<u64>([0x2222222222222222, 0x2222222222222222])
export const SPACES = memory.data<u64>([0x2020202020202020, 0x2020202020202020])
export const COMMAS = memory.data<u64>([0x2c2c2c2c2c2c2c2c, 0x2c2c2c2c2c2c2c2c])

/** Returns one bit for each byte. */
// @ts-expect-error: a decorator
@inline
export function mask(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = <u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16)
  const high = <u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16)
  return <u64>low | (<u64>high << 32)
}

/**
 * Appends `at` plus the number of each set bit. Writes eight positions at a time, then eight more, whether
 * there are that many or not: a branch per bit would be mispredicted.
 */
// @ts-expect-error: a decorator
@inline
export function writePositions(bits: u64, at: usize, out: usize): usize {
  const end = out + (<usize>popcnt(bits) << 2)
  do {
    bits = writeFour(bits, <u32>at, out)
    bits = writeFour(bits, <u32>at, out + 16)
    out += 32
  } while (out < end)
  return end
}

/** Like `writePositions`, for masks that mostly have up to six bits, or for long lines none or one. */
// @ts-expect-error: a decorator
@inline
export function writeFew(bits: u64, at: usize, out: usize): usize {
  const count = popcnt(bits)
  const end = out + (<usize>count << 2)
  const rest = writeTwo(bits, <u32>at, out)
  if (count <= 2) return end
  const more = writeFour(rest, <u32>at, out + 8)
  if (count > 6) writePositions(more, at, out + 24)
  return end
}

// @ts-expect-error: a decorator
@inline
function writeTwo(bits: u64, at: u32, out: usize): u64 {
  store<u32>(out, at + <u32>ctz(bits))
  bits &= bits - 1
  store<u32>(out, at + <u32>ctz(bits), 4)
  return bits & (bits - 1)
}

// @ts-expect-error: a decorator
@inline
function writeFour(bits: u64, at: u32, out: usize): u64 {
  return writeTwo(writeTwo(bits, at, out), at, out + 8)
}
