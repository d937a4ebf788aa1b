/** A value of a field of a table. An offset is what another method has returned. */
export type FieldValue =
  | { bytes: 1 | 2 | 4; value: number }
  | { bytes: 8; value: number }
  | { offset: number }
  | undefined

/**
 * Writes one FlatBuffer, from its end to its beginning: whatever a table points to is written before the table
 * (https://flatbuffers.dev/internals/). Offsets are distances from the end of the buffer.
 */
export class FlatBuffer {
  #buffer = Buffer.alloc(1024)
  #used = 0
  #alignment = 4

  string(text: string): number {
    const bytes = Buffer.from(text)
    this.#align(4, bytes.length + 1)
    this.#take(1)
    const at = this.#take(bytes.length)
    bytes.copy(this.#buffer, at)
    return this.#length(bytes.length)
  }

  /** Writes a vector of tables. */
  offsets(offsets: readonly number[]): number {
    this.#align(4, 4 * offsets.length)
    for (const offset of offsets.toReversed()) this.#offset(offset)
    return this.#length(offsets.length)
  }

  /** Writes a vector of structs of two 64-bit integers. */
  pairs(pairs: readonly (readonly [number, number])[]): number {
    this.#align(8, 16 * pairs.length)
    for (const [first, second] of pairs.toReversed()) {
      const at = this.#take(16)
      this.#buffer.writeBigInt64LE(BigInt(first), at)
      this.#buffer.writeBigInt64LE(BigInt(second), at + 8)
    }
    return this.#length(pairs.length)
  }

  /** Writes a table whose fields have these values, in the order of the schema. Undefined: the field is left out. */
  table(fields: readonly FieldValue[]): number {
    const end = this.#used
    const places = fields.map(field => {
      if (field) this.#field(field)
      return field && this.#used
    })
    this.#align(4)
    this.#take(4)
    const start = this.#used
    for (const place of places.toReversed()) this.#integer(place === undefined ? 0 : start - place, 2)
    this.#integer(start - end, 2)
    this.#integer(4 + 2 * fields.length, 2)
    this.#buffer.writeInt32LE(this.#used - start, this.#buffer.length - start)
    return start
  }

  /** Returns the buffer, whose root is a table. */
  finish(root: number): Buffer {
    this.#align(this.#alignment, 4)
    this.#offset(root)
    return this.#buffer.subarray(this.#buffer.length - this.#used)
  }

  #field(field: NonNullable<FieldValue>): void {
    if ('offset' in field) {
      this.#align(4)
      this.#offset(field.offset)
    } else if (field.bytes === 8) {
      this.#align(8)
      const at = this.#take(8)
      this.#buffer.writeBigInt64LE(BigInt(field.value), at)
    } else {
      this.#align(field.bytes)
      this.#integer(field.value, field.bytes)
    }
  }

  #offset(to: number): void {
    const at = this.#take(4)
    this.#buffer.writeUInt32LE(this.#used - to, at)
  }

  #length(length: number): number {
    this.#integer(length, 4)
    return this.#used
  }

  #integer(value: number, bytes: 1 | 2 | 4): void {
    const at = this.#take(bytes)
    this.#buffer.writeIntLE(value, at, bytes)
  }

  /** Pads so that a value of `size` bytes stands at a multiple of its size once `following` bytes are written after it. */
  #align(size: number, following = 0): void {
    this.#alignment = Math.max(this.#alignment, size)
    this.#take(-(this.#used + following) & (size - 1))
  }

  /** Returns where the next bytes go. They are zero. The buffer may be another one afterwards. */
  #take(bytes: number): number {
    const needed = this.#used + bytes
    if (needed > this.#buffer.length) {
      const larger = Buffer.alloc(2 * needed)
      this.#buffer.copy(larger, larger.length - this.#buffer.length)
      this.#buffer = larger
    }
    this.#used = needed
    return this.#buffer.length - needed
  }
}
