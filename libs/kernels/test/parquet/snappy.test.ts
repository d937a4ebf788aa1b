import fc from 'fast-check'
import { snappyCompress } from 'hyparquet-writer/src/snappy.js'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels, memory } from '../support/memory.ts'
import { put } from '../support/pageMemory.ts'
import { damaged, damages, type Page, PageWriter } from '../support/pages.ts'
import { plainSnappy } from '../twins/snappy.ts'

const CANARY = 0xa5

/** Undefined where the kernel refuses. */
function decompressed(bytes: Uint8Array, size: number): Uint8Array | undefined {
  memory.fill(CANARY, at.values - 16, at.values + size + 16)
  const to = put(bytes)
  const whole = kernels.decompressSnappy(at.chunk, to, at.values, size)
  for (const around of [at.values - 16, at.values + size]) {
    expect(memory.subarray(around, around + 16)).toEqual(new Uint8Array(16).fill(CANARY))
  }
  return whole ? memory.slice(at.values, at.values + size) : undefined
}

const literal = fc.record({
  bytes: fc.uint8Array({ minLength: 1, maxLength: 80, size: 'max' }),
  lengthBytes: fc.nat({ max: 4 }),
})
const copy = fc.record({
  kind: fc.constantFrom(1, 2, 3),
  length: fc.nat({ max: 63 }),
  /** Modulo how far back there is something. */
  offset: fc.oneof(fc.nat({ max: 16 }), fc.nat({ max: 70_000 })),
})

/** Literals and copies of every kind, each with as many bytes for its length and offset as it may have. */
const compressed: fc.Arbitrary<Page> = fc.array(fc.oneof(literal, copy), { maxLength: 30 }).map(elements => {
  const body = new PageWriter()
  let size = 0
  for (const element of elements) {
    if ('bytes' in element) {
      const { bytes, lengthBytes } = element
      const said = bytes.length - 1
      const extra = bytes.length > 60 ? Math.max(1, lengthBytes) : lengthBytes
      body.littleEndian((extra > 0 ? 59 + extra : said) << 2, 1)
      body.littleEndian(said, extra)
      for (const byte of bytes) body.littleEndian(byte, 1)
      size += bytes.length
    } else if (size > 0) {
      const { kind } = element
      const length = kind === 1 ? 4 + (element.length & 7) : 1 + element.length
      const offset = 1 + (element.offset % Math.min(size, kind === 1 ? 2047 : 65_535))
      body.littleEndian(
        kind | (kind === 1 ? ((length - 4) << 2) | ((offset >> 8) << 5) : (length - 1) << 2),
        1,
      )
      body.littleEndian(kind === 1 ? offset & 0xff : offset, kind === 3 ? 4 : kind)
      size += length
    }
  }
  const page = new PageWriter()
  page.varint(BigInt(size))
  return { bytes: Buffer.concat([page.bytes(), body.bytes()]), count: size }
})

test('Snappy is decompressed as byte by byte, or both ways are refused', () => {
  fc.assert(
    fc.property(compressed, damages, (whole, damage) => {
      const { bytes, count } = damaged(whole, damage)
      const expected = plainSnappy(bytes, count)
      if (!damage) expect(expected).toBeDefined()
      expect(decompressed(bytes, count)).toEqual(expected)
    }),
    { numRuns: randomCases(20_000) },
  )
})

test('what a compressor has made is what it was', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 3000, size: 'max' }),
    fc
      .array(fc.constantFrom(1, 2, 3), { maxLength: 3000, size: 'max' })
      .map(values => Uint8Array.from(values)),
  )
  fc.assert(
    fc.property(bytes, bytes => {
      expect(decompressed(snappyCompress(bytes), bytes.length)).toEqual(bytes)
    }),
    { numRuns: randomCases(500) },
  )
})
