/** The types of Thrift's compact protocol that need a name here. The types 1 and 2 are true and false. */
const TRUE = 1
const FALSE = 2
const BYTE = 3
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const SET = 10
const STRUCT = 12

/**
 * Reads structs in Thrift's compact protocol one field after the other, so that nothing of a long footer becomes an object
 * but what is wanted, and only one part of the bytes is in memory. Throws RangeError if the bytes end too early or are no
 * such structs.
 */
export class ThriftReader {
  /** The type of the field that `nextField` found, or of the elements of the list that `listSize` began. */
  type = 0
  readonly #readOn: () => Uint8Array
  /** The part that is in memory, and the next byte in it. */
  #part: Uint8Array = new Uint8Array(0)
  #at = 0
  /** How many bytes there are from the next one on. */
  #left: number

  /** Reads `length` bytes. `readOn` returns the next part of them, which is not empty and valid until the next call. */
  constructor(length: number, readOn: () => Uint8Array) {
    this.#left = length
    this.#readOn = readOn
  }

  /** Moves on to the next field of a struct. Returns its number, or 0 at the end of the struct. Start with `previous` 0. */
  nextField(previous: number): number {
    const byte = this.#byte()
    if (byte === 0) return 0
    this.type = byte & 15
    const distance = byte >> 4
    return distance === 0 ? this.readInt() : previous + distance
  }

  /** The value of a field that is a boolean. */
  get isTrue(): boolean {
    return this.type === TRUE
  }

  readInt(): number {
    const number = this.#varint()
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2
  }

  readBinary(): Uint8Array {
    const length = this.#varint()
    this.#expect(length)
    const binary = new Uint8Array(length)
    let done = 0
    this.#pass(length, bytes => {
      binary.set(bytes, done)
      done += bytes.length
    })
    return binary
  }

  listSize(): number {
    const byte = this.#byte()
    this.type = byte & 15
    return byte >> 4 === 15 ? this.#varint() : byte >> 4
  }

  /** Passes over the value of the field that `nextField` found. */
  skip(): void {
    const { type } = this
    if (type === TRUE || type === FALSE) return
    this.#skipValue(type)
  }

  skipStruct(): void {
    for (let field = this.nextField(0); field !== 0; field = this.nextField(field)) this.skip()
  }

  #skipValue(type: number): void {
    if (type === STRUCT) this.skipStruct()
    else if (type === BINARY) this.#pass(this.#varint())
    else if (type === DOUBLE) this.#pass(8)
    else if (type <= BYTE) this.#pass(1)
    else if (type === LIST || type === SET) {
      const size = this.listSize()
      const elements = this.type
      for (let i = 0; i < size; i++) this.#skipValue(elements)
    } else if (type < DOUBLE) this.#varint()
    else throw new RangeError(`found a value of type ${type}`)
  }

  #varint(): number {
    let number = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#byte()
      number += (byte & 127) * factor
      if (byte < 128) return number
      if (factor > 2 ** 63) throw new RangeError('found a number of more than 64 bits')
    }
  }

  #byte(): number {
    this.#expect(1)
    this.#left--
    if (this.#at === this.#part.length) this.#next()
    return this.#part[this.#at++] as number
  }

  /** Moves on by so many bytes, which `take` gets part by part. */
  #pass(length: number, take?: (bytes: Uint8Array) => void): void {
    this.#expect(length)
    this.#left -= length
    for (let left = length; left > 0; ) {
      if (this.#at === this.#part.length) this.#next()
      const to = Math.min(this.#at + left, this.#part.length)
      take?.(this.#part.subarray(this.#at, to))
      left -= to - this.#at
      this.#at = to
    }
  }

  #next(): void {
    this.#part = this.#readOn()
    this.#at = 0
  }

  #expect(bytes: number): void {
    if (bytes > this.#left) throw new RangeError('it ends too early')
  }
}
