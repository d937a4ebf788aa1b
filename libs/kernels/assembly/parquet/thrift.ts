// Reads a structure in Thrift's compact protocol field by field, and skips unwanted fields.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
const STOP: u32 = 0
export const TRUE: u32 = 1
const FALSE: u32 = 2
const BYTE: u32 = 3
const I16: u32 = 4
const I64: u32 = 6
const DOUBLE: u32 = 7
const BINARY: u32 = 8
const LIST: u32 = 9
const SET: u32 = 10
export const STRUCT: u32 = 12

/** Deeper than any structure of Parquet is nested. */
const MAX_DEPTH: u32 = 64

/** The address of the next byte. */
export let at: usize = 0
/** The type of the field that `nextField` found, or of the elements that `listSize` counted. */
export let type: u32 = STOP
/** The bytes ended too early or are not Thrift. What was read so far is useless, and no more fields follow. */
export let damaged: bool = false

// The bytes that are in memory, and how many more follow in the file.
let start: usize = 0
let end: usize = 0
let following: usize = 0

/** Begins to read a structure in [from, to), followed by `more` bytes that the host reads from the file on demand. */
export function open(from: usize, to: usize, more: usize = 0): void {
  at = start = from
  end = to
  following = more
  damaged = false
}

/**
 * Moves the bytes from `at` to the start of the memory and reads more of the file after them: at least
 * `wanted` in total, if there is room. Returns the address where the bytes end.
 */
// @ts-expect-error: a decorator
@external('env', 'readOn')
declare function readOn(at: usize, wanted: usize): usize

/** Makes sure that `bytes` bytes from `at` are in memory, which may move them. Returns whether they are. */
export function hold(bytes: usize): bool {
  if (bytes <= end - at) return true
  if (<u64>bytes > <u64>(end - at) + <u64>following) return false
  const kept = end - at
  end = readOn(at, bytes)
  at = start
  following -= end - at - kept
  return bytes <= end - at
}

export function fail(): void {
  damaged = true
  at = end
  following = 0
}

/**
 * Returns the number of the field after field number `last`, or 0 at the end of the structure. The field must
 * then be read or skipped.
 */
export function nextField(last: u32): u32 {
  const header = nextByte()
  type = header & 15
  if (type == STOP) return 0
  const step = header >> 4
  const field = step != 0 ? last + step : <u32>readInt()
  return damaged ? 0 : field
}

export function readInt(): i64 {
  const zigzag = varint()
  return <i64>(zigzag >> 1) ^ -(<i64>(zigzag & 1))
}

/** Reads the length of a text. The text must then be passed with `pass`. */
export function readLength(): usize {
  const length = varint()
  if (length <= <u64>(end - at) + <u64>following) return <usize>length
  fail()
  return 0
}

export function pass(bytes: usize): void {
  while (bytes > end - at) {
    bytes -= end - at
    at = end
    if (!hold(1)) return fail()
  }
  at += bytes
}

/** Reads the number of elements of a list. Each element takes at least one byte and must be read or skipped. */
export function listSize(): u32 {
  const header = nextByte()
  type = elementType(header)
  const size = header >> 4 == 15 ? varint() : <u64>(header >> 4)
  if (size <= <u64>(end - at) + <u64>following) return <u32>size
  fail()
  return 0
}

export function skip(): void {
  skipValue(type, 0)
}

function skipValue(type: u32, depth: u32): void {
  if (type == TRUE || type == FALSE) return
  if (type >= I16 && type <= I64) {
    varint()
  } else if (type == BINARY) {
    pass(readLength())
  } else if (type == STRUCT && depth < MAX_DEPTH) {
    for (let header = nextByte(); (header & 15) != STOP && !damaged; header = nextByte()) {
      if (header < 16) varint()
      skipValue(header & 15, depth + 1)
    }
  } else if ((type == LIST || type == SET) && depth < MAX_DEPTH) {
    const header = nextByte()
    const size = header >> 4 == 15 ? varint() : <u64>(header >> 4)
    for (let i: u64 = 0; i < size && !damaged; i++) skipValue(elementType(header), depth + 1)
  } else if (type == BYTE || type == DOUBLE) {
    pass(type == BYTE ? 1 : 8)
  } else fail()
}

/**
 * Returns the type of a list's elements. In a list a boolean has a byte of its own; in a structure the
 * field's type holds the value.
 */
// @ts-expect-error: a decorator
@inline
function elementType(listHeader: u32): u32 {
  const type = listHeader & 15
  return type == TRUE || type == FALSE ? BYTE : type
}

/** Returns the next byte. After the end this is 0, which ends every structure. */
// @ts-expect-error: a decorator
@inline
function nextByte(): u32 {
  if (at < end || hold(1)) return <u32>load<u8>(at++)
  fail()
  return 0
}

/** Reads a number of up to ten bytes. */
function varint(): u64 {
  let value: u64 = 0
  for (let shift: u64 = 0; shift < 70; shift += 7) {
    const byte = nextByte()
    value |= <u64>(byte & 0x7f) << shift
    if (byte < 0x80) return value
  }
  fail()
  return 0
}
