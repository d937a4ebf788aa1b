// Definition levels of one bit each, as the hybrid of runs and bit-packed groups of eight (parquet-format,
// Encodings.md, "RLE").
import { packBits } from './packBits'
import { writeVarint } from './writeVarint'

/**
 * The least number of bytes, all zeros or all ones, that become a run. Fewer bytes cost no more than the run
 * and the headers around it.
 */
const LEAST_RUN: usize = 4 // the size of an i32

/**
 * Encodes the levels of `rows` > 0 rows, a byte each: 0 where a row is null, else 1; `count` of them are 1.
 * Writes the length in four bytes, then the levels. Returns the end address. The memory at `scratch` must
 * hold rows / 8 + 32 bytes.
 */
export function encodeLevels(levels: usize, rows: u32, count: u32, scratch: usize, out: usize): usize {
  const start = out
  out += 4
  if (count == 0 || count == rows) {
    out = writeRun(rows, count != 0, out)
  } else {
    packBits(levels, rows, scratch)
    out = encodeBits(scratch, rows, out)
  }
  store<u32>(start, <u32>(out - start) - 4)
  return out
}

function encodeBits(bits: usize, count: u32, out: usize): usize {
  const end = bits + (count >> 3)
  let packed = bits // the start of the bytes that wait to be written, which end at `at`
  let at = bits
  while (at + LEAST_RUN <= end) {
    const four = load<i32>(at)
    if (four != 0 && four != -1) {
      at++
      continue
    }
    let runEnd = at + LEAST_RUN
    while (runEnd < end && load<u8>(runEnd) == <u8>four) runEnd++
    out = writeBytes(packed, at, out)
    out = writeRun(<u32>(runEnd - at) << 3, four != 0, out)
    at = packed = runEnd
  }
  return writeBytes(packed, bits + ((count + 7) >> 3), out)
}

function writeRun(length: u32, level: bool, out: usize): usize {
  out = writeVarint(<u64>length << 1, out)
  store<u8>(out, level)
  return out + 1
}

function writeBytes(from: usize, to: usize, out: usize): usize {
  if (from == to) return out
  out = writeVarint(((to - from) << 1) | 1, out)
  memory.copy(out, from, to - from)
  return out + (to - from)
}
