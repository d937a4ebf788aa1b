import type { GrowableBuffer } from './plainColumn.ts'

/**
 * Encodes `values[from, to)`, each below 2^bitWidth, as runs and bit-packed groups of eight: the hybrid that
 * Parquet uses for levels and dictionary indices (parquet-format, Encodings.md, "RLE"). Appends to `out`.
 */
export function encodeHybrid(
  values: Uint8Array | Uint16Array,
  from: number,
  to: number,
  bitWidth: number,
  out: GrowableBuffer,
): void {
  let packedFrom = from // values[packedFrom, i) wait to be bit-packed, always whole groups of eight
  let i = from
  while (i < to) {
    const value = values[i]
    let runEnd = i + 1
    while (runEnd < to && values[runEnd] === value) runEnd++
    const borrowed = (8 - ((i - packedFrom) & 7)) & 7 // fill up the group before the run
    if (runEnd - i - borrowed >= 8) {
      writePacked(values, packedFrom, i + borrowed, bitWidth, out)
      writeRun(value, runEnd - i - borrowed, bitWidth, out)
      packedFrom = runEnd
    }
    i = runEnd
  }
  writePacked(values, packedFrom, to, bitWidth, out)
}

/** Appends `count` times the same value. */
export function writeRun(value: number, count: number, bitWidth: number, out: GrowableBuffer): void {
  writeVarint(count * 2, out)
  out.reserve(2)
  out.bytes[out.length++] = value
  if (bitWidth > 8) out.bytes[out.length++] = value >> 8
}

/** The last group may be short: it is filled up with zeros, which a reader that knows the count leaves out. */
function writePacked(
  values: Uint8Array | Uint16Array,
  from: number,
  to: number,
  bitWidth: number,
  out: GrowableBuffer,
): void {
  if (from === to) return
  const groups = Math.ceil((to - from) / 8)
  writeVarint(groups * 2 + 1, out)
  const end = out.length + groups * bitWidth
  out.reserve(groups * bitWidth)
  const { bytes } = out
  let at = out.length
  let pending = 0
  let bits = 0
  for (let i = from; i < to; i++) {
    pending |= values[i] << bits
    for (bits += bitWidth; bits >= 8; bits -= 8) {
      bytes[at++] = pending
      pending >>>= 8
    }
  }
  if (at < end) bytes[at++] = pending
  bytes.fill(0, at, end)
  out.length = end
}

function writeVarint(value: number, out: GrowableBuffer): void {
  out.reserve(5)
  let rest = value
  for (; rest >= 0x80; rest >>>= 7) out.bytes[out.length++] = rest | 0x80
  out.bytes[out.length++] = rest
}

/** Calls back for each run and each bit-packed stretch of a hybrid encoding, until `count` values are through. */
export function readHybrid(
  bytes: DataView,
  from: number,
  count: number,
  bitWidth: number,
  onRun: (value: number, count: number) => void,
  onPacked: (at: number, count: number) => void,
): void {
  const valueBytes = (bitWidth + 7) >> 3
  let at = from
  for (let left = count; left > 0; ) {
    let header = 0
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.byteLength || shift > 28)
        throw new RangeError('hybrid encoding ends before its last value')
      const byte = bytes.getUint8(at++)
      header |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    const length = header >>> 1
    if (length === 0) throw new RangeError('hybrid encoding has an empty run')
    if (header & 1) {
      const values = Math.min(left, length * 8)
      onPacked(at, values)
      at += length * bitWidth
      left -= values
    } else {
      let value = 0
      for (let i = 0; i < valueBytes; i++) value |= bytes.getUint8(at++) << (8 * i)
      onRun(value, Math.min(left, length))
      left -= length
    }
  }
}
