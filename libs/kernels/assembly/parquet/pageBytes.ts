// The unread bytes of a page. Nothing after the page's end is read: missing bytes are 0, and `pageBroken` is
// set.

export let pageAt: usize = 0
export let pageEnd: usize = 0
/** Whether the page has turned out to be damaged. */
export let pageBroken: bool = false

/** Begins to read the page in [from, to). */
export function openPage(from: usize, to: usize): void {
  pageAt = from
  pageEnd = to
  pageBroken = false
}

export function breakPage(): void {
  pageBroken = true
}

/** Skips `count` bytes. Returns the address of the first one. */
export function takeBytes(count: u64): usize {
  const from = pageAt
  if (count > <u64>(pageEnd - from)) pageBroken = true
  else pageAt = from + <usize>count
  return from
}

export function readByte(): u32 {
  if (pageAt < pageEnd) return load<u8>(pageAt++)
  pageBroken = true
  return 0
}

/** Reads an unsigned LEB128 number of at most 64 bits. */
export function readVarint(): u64 {
  let value: u64 = 0
  for (let shift: u64 = 0; shift < 64; shift += 7) {
    const byte = <u64>readByte()
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) {
      if (shift == 63 && byte > 1) break
      return value
    }
  }
  pageBroken = true
  return 0
}

/** Reads a signed number in zigzag form. */
export function readZigzag(): i64 {
  const value = readVarint()
  return <i64>(value >> 1) ^ -(<i64>(value & 1))
}
