/** Packs `count` bytes, each 0 or 1, into bits. May overwrite up to 15 bytes after the last byte of `out`. */
export function packBits(bytes: usize, count: u32, out: usize): void {
  const end = bytes + count
  for (; bytes + 16 <= end; bytes += 16, out += 2) store<u16>(out, i8x16.bitmask(i8x16.neg(v128.load(bytes))))
  const left = <u32>(end - bytes)
  if (left > 0) store<u16>(out, i8x16.bitmask(i8x16.neg(v128.load(bytes))) & ((1 << left) - 1))
}
