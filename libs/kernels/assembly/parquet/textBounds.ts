// Finds the least and the greatest text by their unsigned bytes. A text is its length in four bytes, then its
// bytes.

let least: usize = 0
let greatest: usize = 0

/** Returns the address of the least text. */
export function leastText(): usize {
  return least
}

export function greatestText(): usize {
  return greatest
}

/** Finds the least and the greatest text of [from, to), which is not empty. Reads up to 8 bytes after `to`. */
export function textBounds(from: usize, to: usize): void {
  least = greatest = from
  let low = firstBytes(from)
  let high = low
  for (let at = from; at < to; at += 4 + <usize>load<u32>(at)) {
    const first = firstBytes(at)
    if (first <= low && (first < low || isLess(at, least))) {
      least = at
      low = first
    }
    if (first >= high && (first > high || isLess(greatest, at))) {
      greatest = at
      high = first
    }
  }
}

/** Returns the first eight bytes of a text, padded with zeros, as a number that sorts like the bytes. */
// @ts-expect-error: a decorator
@inline
function firstBytes(text: usize): u64 {
  const length = <u64>load<u32>(text)
  const number = inOrder(text + 4)
  return length < 8 ? number & ~(<u64>-1 >> (8 * length)) : number
}

/** Returns eight bytes as a number that sorts like the bytes. */
// @ts-expect-error: a decorator
@inline
function inOrder(at: usize): u64 {
  const bytes = v128.load64_zero(at)
  return <u64>i64x2.extract_lane(v128.shuffle<u8>(bytes, bytes, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8), 0)
}

function isLess(a: usize, b: usize): bool {
  const lengthA = <usize>load<u32>(a)
  const lengthB = <usize>load<u32>(b)
  const common = min(lengthA, lengthB)
  a += 4
  b += 4
  let i: usize = 0
  for (; i + 8 <= common; i += 8) {
    if (load<u64>(a + i) != load<u64>(b + i)) return inOrder(a + i) < inOrder(b + i)
  }
  for (; i < common; i++) {
    if (load<u8>(a + i) != load<u8>(b + i)) return load<u8>(a + i) < load<u8>(b + i)
  }
  return lengthA < lengthB
}
