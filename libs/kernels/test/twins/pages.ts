// Reads pages the plain way, value by value. What a kernel says about a page must follow from these values.
// Undefined stands for a damaged page.

/** Returns the values of dictionary indices or levels: a hybrid of runs and bit-packed groups of eight. */
function hybrid(page: PageReader, count: number, width: number): number[] {
  const values: number[] = []
  while (values.length < count) {
    const header = page.varint()
    const length = Number(header >> 1n)
    if (length === 0 || length > 0xffffffff) throw new Damaged()
    const left = count - values.length
    if (header & 1n) {
      const some = Math.min(left, 8 * length)
      const bytes = Math.ceil((some * width) / 8)
      for (const value of unpacked(page.take(bytes), some, width)) values.push(Number(value))
      page.take(Math.min(length * width - bytes, page.left))
    } else {
      if (length > left) throw new Damaged()
      const value = Number(littleEndian(page.take(Math.ceil(width / 8))))
      for (let i = 0; i < length; i++) values.push(value)
    }
  }
  return values
}

/** Returns definition levels, each 0 or 1. */
export function plainLevels(bytes: Uint8Array, count: number): number[] | undefined {
  return unlessDamaged(() => {
    const levels = hybrid(new PageReader(bytes), count, 1)
    if (levels.some(level => level > 1)) throw new Damaged()
    return levels
  })
}

/** Returns the values that indices into a dictionary stand for. The indices come after a byte with their width. */
export function plainIndices<Entry>(
  bytes: Uint8Array,
  count: number,
  dictionary: readonly Entry[],
): Entry[] | undefined {
  return unlessDamaged(() => {
    if (count === 0) return []
    const page = new PageReader(bytes)
    const width = page.take(1)[0]
    if (width > 32) throw new Damaged()
    const indices = width === 0 ? Array<number>(count).fill(0) : hybrid(page, count, width)
    if (indices.some(index => index >= dictionary.length)) throw new Damaged()
    return indices.map(index => dictionary[index])
  })
}

export function plainDelta(bytes: Uint8Array, count: number, bits: number): bigint[] | undefined {
  return unlessDamaged(() => {
    if (count === 0) return []
    const page = new PageReader(bytes)
    const blockValues = page.varint()
    const miniblocks = page.varint()
    if (page.varint() !== BigInt(count)) throw new Damaged()
    const values = [BigInt.asIntN(bits, page.zigzag())]
    if (blockValues === 0n || blockValues > 0xffffffffn || miniblocks === 0n) throw new Damaged()
    if (blockValues % (32n * miniblocks) !== 0n) throw new Damaged()
    const miniblockValues = Number(blockValues / miniblocks)
    while (values.length < count) {
      const least = page.zigzag()
      for (const width of page.take(Number(miniblocks))) {
        const some = Math.min(miniblockValues, count - values.length)
        if (some === 0) break
        if (width > bits) throw new Damaged()
        const size = Math.ceil((some * width) / 8)
        for (const number of unpacked(page.take(size), some, width)) {
          values.push(BigInt.asIntN(bits, values[values.length - 1] + least + number))
        }
        page.take(Math.min((miniblockValues / 8) * width - size, page.left))
      }
    }
    return values
  })
}

class Damaged extends Error {}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Damaged) return undefined
    throw error
  }
}

class PageReader {
  #at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(count: number): Uint8Array {
    if (count > this.left) throw new Damaged()
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.take(1)[0]
      value |= BigInt(byte & 0x7f) << shift
      if (value >= 2n ** 64n) throw new Damaged()
      if (byte < 0x80) return value
    }
    throw new Damaged()
  }

  zigzag(): bigint {
    const value = this.varint()
    return (value >> 1n) ^ -(value & 1n)
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}

function unpacked(bytes: Uint8Array, count: number, width: number): bigint[] {
  return Array.from({ length: count }, (_, i) => {
    const bit = i * width
    const around = littleEndian(bytes.subarray(bit >> 3, (bit + width + 7) >> 3))
    return BigInt.asUintN(width, around >> BigInt(bit & 7))
  })
}
