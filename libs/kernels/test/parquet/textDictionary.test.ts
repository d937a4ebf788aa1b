import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels, memory } from '../support/memory.ts'

const CASES = { numRuns: randomCases(20_000) }
const MIB = 1024 * 1024

const table = at.ends
const entries = at.chunk
const indices = at.levels

/** Bytes of all kinds, and texts that share a long beginning or everything but the end. */
const text = fc.oneof(
  fc.array(fc.constantFrom(0, 1, 0x61, 0x7f, 0x80, 0xff), { maxLength: 20, size: 'max' }),
  fc
    .tuple(fc.nat({ max: 40 }), fc.nat({ max: 255 }))
    .map(([length, last]) => [...Array(length).fill(0x61), last]),
  fc
    .tuple(fc.nat({ max: 255 }), fc.nat({ max: 40 }))
    .map(([first, length]) => [first, ...Array(length).fill(0x61)]),
  fc.nat({ max: 40 }).map(length => Array<number>(length).fill(0)),
)
const columns = fc
  .tuple(
    fc.array(text, { minLength: 1, maxLength: 12, size: 'max' }),
    fc.array(fc.nat(), { minLength: 1, maxLength: 40, size: 'max' }),
  )
  .map(([pool, picks]) => picks.map(pick => Buffer.from(pool[pick % pool.length])))

function put(texts: readonly Buffer[], offset: number): { from: number; to: number } {
  const from = at.values + offset
  const bytes = plain(texts)
  memory.set(bytes, from)
  memory.fill(offset % 2 ? 0 : 0xff, from + bytes.length, from + bytes.length + 32)
  return { from, to: from + bytes.length }
}

function plain(texts: readonly Buffer[]): Buffer {
  return Buffer.concat(
    texts.flatMap(text => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(text.length)
      return [length, text]
    }),
  )
}

function distinctOf(texts: readonly Buffer[]): Map<string, Buffer> {
  return new Map(texts.map(text => [text.toString('latin1'), text]))
}

test('texts are numbered in order of first appearance', () => {
  fc.assert(
    fc.property(columns, fc.nat({ max: 15 }), fc.nat({ max: 100 }), (texts, offset, spare) => {
      const { from, to } = put(texts, offset)
      const distinct = distinctOf(texts)
      const dictionary = plain([...distinct.values()])
      const fill = (limit: number, limitBytes: number) =>
        kernels.textDictionary(from, to, limit, limitBytes, table, entries, indices)
      memory.fill(0xa5, entries, entries + dictionary.length + 16)
      memory.fill(0xa5, indices, indices + 2 * texts.length + 16)
      expect(fill(distinct.size + spare, dictionary.length + spare)).toBe(distinct.size)
      expect(kernels.textDictionaryBytes()).toBe(dictionary.length)
      expect(dictionary.equals(memory.subarray(entries, entries + dictionary.length))).toBe(true)
      const keys = [...distinct.keys()]
      expect(Array.from(new Uint16Array(memory.buffer, indices, texts.length))).toEqual(
        texts.map(text => keys.indexOf(text.toString('latin1'))),
      )
      expect(memory[entries + dictionary.length + 8]).toBe(0xa5)
      expect(memory[indices + 2 * texts.length]).toBe(0xa5)
      if (distinct.size > 1) expect(fill(distinct.size - 1, MIB)).toBe(0)
      expect(fill(texts.length, dictionary.length - 1)).toBe(0)
    }),
    CASES,
  )
})

test('the least and the greatest text are found by their bytes', () => {
  fc.assert(
    fc.property(columns, fc.nat({ max: 15 }), (texts, offset) => {
      const { from, to } = put(texts, offset)
      kernels.textBounds(from, to)
      const sorted = texts.toSorted(Buffer.compare)
      expect(textAt(kernels.leastText())).toEqual(sorted[0])
      expect(textAt(kernels.greatestText())).toEqual(sorted.at(-1))
    }),
    CASES,
  )
})

function textAt(at: number): Buffer {
  const length = Buffer.from(memory.buffer).readUInt32LE(at)
  return Buffer.from(memory.slice(at + 4, at + 4 + length))
}

test('32 Ki texts are numbered, one text more is refused', () => {
  const texts = Array.from({ length: 32 * 1024 + 1 }, (_, i) => Buffer.from(`name ${i % 4 ? i : i - 1}`))
  const distinct = distinctOf(texts).size
  const { from, to } = put(texts, 0)
  const fill = (limit: number) => kernels.textDictionary(from, to, limit, MIB, table, entries, indices)
  expect(fill(distinct)).toBe(distinct)
  expect(fill(distinct - 1)).toBe(0)
  const all = put(Array.from({ length: 32 * 1024 }, (_, i) => Buffer.from(String(i % 7000))).concat(texts), 0)
  expect(kernels.textDictionary(all.from, all.to, 32 * 1024, MIB, table, entries, indices)).toBe(
    7000 + distinct,
  )
})

test('a column whose first 8192 texts are to seven eighths distinct gets no dictionary', () => {
  const count = (distinct: number) => {
    const { from, to } = put(
      Array.from({ length: 20_000 }, (_, i) => Buffer.from(`name ${i % distinct}`)),
      0,
    )
    return kernels.textDictionary(from, to, 32 * 1024, MIB, table, entries, indices)
  }
  expect(count(7000)).toBe(7000)
  expect(count(10_000)).toBe(0)
})
