/** Bytes that grow at their end. The memory is kept for the next use. */
export class GrowingBytes {
  length = 0
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024)

  append(bytes: Uint8Array): void {
    const at = this.extend(bytes.length)
    this.#bytes.set(bytes, at)
  }

  /** Adds bytes of any content, and returns where they begin. */
  extend(bytes: number): number {
    const at = this.length
    this.length += bytes
    if (this.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.length)
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    return at
  }

  /** The memory, for writing below `length`. Valid until it grows. */
  get memory(): Uint8Array<ArrayBuffer> {
    return this.#bytes
  }

  get content(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length)
  }
}

/** Bits that grow at their end, from the lowest bit of each byte on. */
export class GrowingBits {
  length = 0
  /** How many bits are 0. */
  zeros = 0
  readonly #bytes = new GrowingBytes()

  /** Adds `count` bits, as they are in `bits`. Undefined: all of them are 1. */
  append(bits: Uint8Array | undefined, count: number): void {
    const first = this.length
    this.length += count
    const before = this.#bytes.length
    this.#bytes.extend(((this.length + 7) >> 3) - before)
    const { memory } = this.#bytes
    memory.fill(0, before, this.#bytes.length)
    if (first % 8 === 0) {
      const bytes = (count + 7) >> 3
      if (bits) memory.set(bits.subarray(0, bytes), first >> 3)
      else memory.fill(0xff, first >> 3, (first >> 3) + bytes)
      // Bits beyond the end would be there when others are added.
      if (count % 8 > 0) memory[(first >> 3) + bytes - 1] &= (1 << (count % 8)) - 1
    } else
      for (let i = 0; i < count; i++) {
        if (bits && ((bits[i >> 3] >> (i & 7)) & 1) === 0) continue
        memory[(first + i) >> 3] |= 1 << ((first + i) & 7)
      }
    if (!bits) return
    for (let i = 0; i < count; i++) this.zeros += ((bits[i >> 3] >> (i & 7)) & 1) ^ 1
  }

  get content(): Uint8Array {
    return this.#bytes.content
  }

  clear(): void {
    this.length = 0
    this.zeros = 0
    this.#bytes.length = 0
  }
}
