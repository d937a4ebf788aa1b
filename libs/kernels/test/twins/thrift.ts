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
export const STRUCT = 12

/** Reads a structure field by field. Throws RangeError if the bytes end too early or are not Thrift. */
export class ThriftReader {
  /** Where the next byte is. */
  at = 0
  /** The type of the field that `nextField` found, or of the elements that `readListSize` counted. */
  type = STOP
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /**
   * Returns the number of the field after field number `last`, or 0 at the end of the structure. The field
   * must then be read or skipped.
   */
  nextField(last: number): number {
    const header = this.#byte()
    this.type = header & 15
    if (this.type === STOP) return 0
    return header >> 4 ? last + (header >> 4) : this.readInt32()
  }

  readInt(): number {
    const zigzag = this.#varint()
    return Number(BigInt.asIntN(64, (zigzag >> 1n) ^ -(zigzag & 1n)))
  }

  readInt32(): number {
    const zigzag = this.#varint()
    return Number(BigInt.asIntN(32, (zigzag >> 1n) ^ -(zigzag & 1n)))
  }

  readBytes(length = Number(this.#varint())): Uint8Array {
    if (length > this.#bytes.length - this.at) throw new RangeError('too many bytes')
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }

  /** Returns how many elements a list has. Each must be read or skipped. */
  readListSize(): number {
    const header = this.#byte()
    this.type = header & 15
    if (this.type === TRUE || this.type === FALSE) this.type = BYTE
    const size = header >> 4 === 15 ? Number(this.#varint()) : header >> 4
    if (size > this.#bytes.length - this.at) throw new RangeError('too many elements')
    return size
  }

  skip(type = this.type, depth = 0): void {
    if (type === TRUE || type === FALSE) return
    if (type >= I16 && type <= I64) this.#varint()
    else if (type === BINARY) this.readBytes()
    else if (type === BYTE) this.readBytes(1)
    else if (type === DOUBLE) this.readBytes(8)
    else if (type === STRUCT && depth < 64) {
      for (let field = this.nextField(0); this.type !== STOP; field = this.nextField(field))
        this.skip(this.type, depth + 1)
    } else if ((type === LIST || type === SET) && depth < 64) {
      const size = this.readListSize()
      const elements = this.type
      for (let i = 0; i < size; i++) this.skip(elements, depth + 1)
    } else throw new RangeError(`no type ${type} here`)
  }

  #byte(): number {
    return this.readBytes(1)[0]
  }

  #varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new RangeError('a number of more than ten bytes')
  }
}
