// Types of Thrift's compact protocol:
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
const STOP = 0
export const TRUE = 1
const FALSE = 2
const BYTE = 3
const I16 = 4
const I64 = 6
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const SET = 10
const STRUCT = 12

/**
 * Reads a structure field by field: what is not asked for is passed over and does not become an object. Throws RangeError where
 * the bytes end too early or are no Thrift.
 */
export class ThriftReader {
  /** Where the next byte is. */
  at: number
  /** The type of the field that `nextField` found, or of the elements that `readListSize` counted. */
  type = STOP
  readonly #bytes: Uint8Array
  readonly #end: number

  /** Reads `bytes` in [start, end). */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes
    this.at = start
    this.#end = end
  }

  /** The number of the field after field number `last`, 0 at the end of the structure. The field has to be read or skipped. */
  nextField(last: number): number {
    const header = this.#byte()
    this.type = header & 15
    if (this.type === STOP) return 0
    return header >> 4 ? last + (header >> 4) : this.readInt()
  }

  /** A number of up to 64 bits; beyond 2^53 it is not exact. */
  readInt(): number {
    const zigzag = this.#varint()
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
  }

  readString(): string {
    const length = this.#varint()
    const start = this.at
    this.at = within(start + length, this.#end)
    const { buffer, byteOffset } = this.#bytes
    return Buffer.from(buffer, byteOffset + start, length).toString()
  }

  /** How many elements a list has. Each has to be read or skipped. */
  readListSize(): number {
    const header = this.#byte()
    this.type = elementTypeOf(header)
    return header >> 4 === 15 ? this.#varint() : header >> 4
  }

  skip(type = this.type): void {
    this.at = pastValue(this.#bytes, this.at, this.#end, type)
  }

  #byte(): number {
    if (this.at >= this.#end) throw endless()
    return this.#bytes[this.at++]
  }

  #varint(): number {
    const end = pastVarint(this.#bytes, this.at, this.#end)
    const value = varintBefore(this.#bytes, this.at, end)
    this.at = end
    return value
  }
}

/** Where the value of that type ends that begins at `at`. Most of a footer is passed over here. */
function pastValue(bytes: Uint8Array, start: number, end: number, type: number): number {
  let at = start
  if (type === STRUCT) {
    for (;;) {
      if (at >= end) throw endless()
      const header = bytes[at++]
      const fieldType = header & 15
      if (fieldType === STOP) return at
      if (header < 16) at = pastVarint(bytes, at, end)
      if (fieldType <= FALSE) continue
      if (fieldType >= I16 && fieldType <= I64) {
        while (bytes[at++] >= 0x80);
      } else if (fieldType === BINARY && bytes[at] < 0x80) {
        at += 1 + bytes[at]
      } else at = pastValue(bytes, at, end, fieldType)
    }
  }
  if (type === TRUE || type === FALSE) return at
  if (type >= I16 && type <= I64) return pastVarint(bytes, at, end)
  if (type === BINARY) {
    const from = pastVarint(bytes, at, end)
    return within(from + varintBefore(bytes, at, from), end)
  }
  if (type === LIST || type === SET) {
    if (at >= end) throw endless()
    const header = bytes[at++]
    let size = header >> 4
    if (size === 15) {
      const from = pastVarint(bytes, at, end)
      size = varintBefore(bytes, at, from)
      at = from
    }
    const elementType = elementTypeOf(header)
    for (let i = 0; i < size; i++) at = pastValue(bytes, at, end, elementType)
    return at
  }
  if (type === BYTE) return within(at + 1, end)
  if (type === DOUBLE) return within(at + 8, end)
  throw new RangeError(`Thrift has no type ${type}`)
}

/** In a list a boolean has a byte; in a structure it is in the field's type. */
function elementTypeOf(listHeader: number): number {
  const type = listHeader & 15
  return type === TRUE || type === FALSE ? BYTE : type
}

function pastVarint(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; ) if (bytes[at++] < 0x80) return at
  throw endless()
}

/** The unsigned number in [start, end), which ends there; of more than 64 bits, infinity. */
function varintBefore(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 10) return Number.POSITIVE_INFINITY
  let value = 0
  for (let at = end - 1; at >= start; at--) value = value * 128 + (bytes[at] & 0x7f)
  return value
}

function within(at: number, end: number): number {
  if (at > end) throw endless()
  return at
}

function endless(): RangeError {
  return new RangeError('a structure has no end')
}
