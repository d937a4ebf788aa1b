// The CRC-32 of gzip and of Parquet's pages, computed eight bytes at a time.
// https://www.intel.com/content/dam/www/public/us/en/documents/white-papers/crc-iscsi-polynomial-crc32-instruction-paper.pdf

const POLYNOMIAL: u32 = 0xedb88320

/** Table k holds, for each byte, the CRC of the byte followed by k zeros. */
const tables = memory.data(8 * 1024, 16)
let made = false

export function crc32(from: usize, to: usize): u32 {
  if (!made) makeTables()
  let crc: u32 = ~0
  let at = from
  for (; to - at >= 8; at += 8) {
    const low = crc ^ load<u32>(at)
    const high = load<u32>(at, 4)
    crc =
      entry(7, low) ^ entry(6, low >> 8) ^ entry(5, low >> 16) ^ entry(4, low >> 24) ^
      entry(3, high) ^ entry(2, high >> 8) ^ entry(1, high >> 16) ^ entry(0, high >> 24)
  }
  for (; at < to; at++) crc = entry(0, crc ^ load<u8>(at)) ^ (crc >> 8)
  return ~crc
}

// @ts-expect-error: a decorator
@inline
function entry(table: usize, byte: u32): u32 {
  return load<u32>(tables + (table << 10) + ((<usize>byte & 0xff) << 2))
}

function makeTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ POLYNOMIAL : crc >> 1
    store<u32>(tables + (<usize>byte << 2), crc)
  }
  for (let i: usize = 0; i < 7 * 1024; i += 4) {
    const crc = load<u32>(tables + i)
    store<u32>(tables + i + 1024, entry(0, crc) ^ (crc >> 8))
  }
  made = true
}
