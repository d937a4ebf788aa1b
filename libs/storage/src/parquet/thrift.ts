/**
 * Types of Thrift's compact protocol:
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
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

  /** Reads `bytes` in [at, end). */
  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes
    this.at = at
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
    const { buffer, byteOffset } = this.#bytes
    const length = this.#stringLength()
    const text = Buffer.from(buffer, byteOffset + this.at, length).toString()
    this.at += length
    return text
  }

  /** How many elements a list has. Each has to be read or skipped. */
  readListSize(): number {
    const header = this.#byte()
    const type = header & 15
    // In a list a boolean has a byte; in a structure it is in the field's type.
    this.type = type === TRUE || type === FALSE ? BYTE : type
    return header >> 4 === 15 ? this.#varint() : header >> 4
  }

  skip(type = this.type): void {
    if (type === TRUE || type === FALSE) return
    if (type === BYTE) this.#byte()
    else if (type >= I16 && type <= I64) while (this.#byte() >= 0x80);
    else if (type === DOUBLE) this.at += 8
    else if (type === BINARY) {
      const length = this.#stringLength()
      this.at += length
    } else if (type === LIST || type === SET) {
      const size = this.readListSize()
      const elementType = this.type
      for (let i = 0; i < size; i++) this.skip(elementType)
    } else if (type === STRUCT) {
      for (let field = 0; ; ) {
        field = this.nextField(field)
        if (field === 0) return
        this.skip()
      }
    } else throw new RangeError(`Thrift has no type ${type}`)
  }

  #stringLength(): number {
    const length = this.#varint()
    if (length > this.#end - this.at) throw new RangeError('a structure ends in a string')
    return length
  }

  #byte(): number {
    if (this.at >= this.#end) throw new RangeError('a structure has no end')
    return this.#bytes[this.at++]
  }

  #varint(): number {
    let byte = this.#byte()
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    for (let scale = 2 ** 7; scale < 2 ** 70; scale *= 2 ** 7) {
      byte = this.#byte()
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw new RangeError('a number has no end')
  }
}
