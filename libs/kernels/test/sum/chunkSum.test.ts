import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels } from '../support/memory.ts'
import { added, plainBytes, put } from '../support/pageMemory.ts'
import { deltaPages, hybrids, indexPages, integers, type Page, PageWriter } from '../support/pages.ts'
import { maybeDamaged, serialized } from '../support/thrift.ts'
import { type Chunk, plainChunkSum } from '../twins/chunk.ts'

const TABLES_BYTES = 64 * 1024
/** As many as indices of some bits can name, and more. */
const ENTRIES = 20

interface Part extends Page {
  encoding: number
  levels: Page
}

/** Values of a page as one of the encodings has them. */
function valuePages(): fc.Arbitrary<Omit<Part, 'levels'>> {
  const plain = fc.array(integers, { maxLength: 40 }).map(values => ({
    bytes: plainBytes(values),
    count: values.length,
  }))
  const indices = fc.nat({ max: 6 }).chain(width => indexPages(width, ENTRIES))
  return fc.oneof(
    { arbitrary: plain.map(page => ({ ...page, encoding: 0 })), weight: 10 },
    { arbitrary: deltaPages().map(page => ({ ...page, encoding: 5 })), weight: 10 },
    { arbitrary: indices.map(page => ({ ...page, encoding: 8 })), weight: 10 },
    { arbitrary: plain.map(page => ({ ...page, encoding: 9 })), weight: 1 },
  )
}

/** Levels of as many rows that are not null as the page has values, and of some nulls. */
function withLevels(pages: fc.Arbitrary<Omit<Part, 'levels'>>): fc.Arbitrary<Part> {
  const right = fc.tuple(pages, fc.nat({ max: 9 })).map(([part, nulls]) => ({
    ...part,
    levels: levelsOf(part.count, nulls),
  }))
  const any = fc.tuple(pages, hybrids(1, 2)).map(([part, levels]) => ({ ...part, levels }))
  return fc.oneof({ arbitrary: right, weight: 9 }, { arbitrary: any, weight: 1 })
}

/** A run of ones and a run of zeros. */
function levelsOf(ones: number, nulls: number): Page {
  const out = new PageWriter()
  for (const [length, value] of [
    [ones, 1],
    [nulls, 0],
  ] as const) {
    if (length === 0) continue
    out.varint(BigInt(2 * length))
    out.littleEndian(value, 1)
  }
  return { bytes: out.bytes(), count: ones + nulls }
}

const rarely = fc.nat({ max: 60 }).map(number => number === 0)
const habits = fc.record({
  hasCrc: fc.boolean(),
  wrongCrc: rarely,
  levelEncoding: rarely.map(is => (is ? 4 : 3)),
})
type Habit = typeof habits extends fc.Arbitrary<infer T> ? T : never

function pageBytes(page: Uint8Array, type: object, { hasCrc, wrongCrc }: Habit): Uint8Array {
  const header = serialized({
    field_2: page.length,
    field_3: page.length,
    ...(hasCrc && { field_4: (crc32(page) ^ (wrongCrc ? 1 : 0)) | 0 }),
    ...type,
  })
  return Buffer.concat([header, page])
}

function dataPage({ bytes, encoding, levels }: Part, habit: Habit): Uint8Array {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(levels.bytes.length)
  const field_5 = { field_1: levels.count, field_2: encoding, field_3: habit.levelEncoding, field_4: 3 }
  return pageBytes(Buffer.concat([length, levels.bytes, bytes]), { field_1: 0, field_5 }, habit)
}

const dictionaries = fc.record({
  values: fc.array(integers, { minLength: ENTRIES, maxLength: ENTRIES }),
  encoding: rarely.map(is => (is ? 2 : 0)),
  more: rarely.map(Number),
  habit: habits,
})
const chunks: fc.Arbitrary<Chunk> = fc
  .record({
    dictionary: fc.option(dictionaries, { freq: 20 }),
    otherPage: fc.tuple(rarely, fc.constantFrom(1, 3), habits),
    parts: fc.array(fc.tuple(withLevels(valuePages()), habits), { minLength: 1, maxLength: 3 }),
    off: fc.tuple(rarely, rarely).map(([more, fewer]) => Number(more) - Number(fewer)),
  })
  .chain(({ dictionary, otherPage, parts, off }) => {
    const written: Uint8Array[] = []
    if (dictionary) {
      const { values, encoding, more, habit } = dictionary
      const field_7 = { field_1: values.length + more, field_2: encoding }
      written.push(pageBytes(plainBytes(values), { field_1: 2, field_7 }, habit))
    }
    const [isThere, type, habit] = otherPage
    if (isThere) written.push(pageBytes(Uint8Array.of(1, 2, 3), { field_1: type, field_6: {} }, habit))
    for (const [part, habit] of parts) written.push(dataPage(part, habit))
    const rows = parts.reduce((sum, [{ levels }]) => sum + levels.count, 0)
    const whole = fc.constant(Buffer.concat(written))
    const bytes = fc.oneof({ arbitrary: whole, weight: 9 }, { arbitrary: maybeDamaged(whole), weight: 1 })
    return bytes.map(bytes => ({ bytes, values: Math.max(0, rows + off) }))
  })

function kernelSum({ bytes, values }: Chunk): bigint | undefined {
  const to = put(bytes)
  const sum = added(() => kernels.sumChunk(at.chunk, to, values, at.values, TABLES_BYTES))
  // It begins a total of its own, where a page adds to the one that is there.
  return sum === undefined ? undefined : sum - 2n
}

test('a chunk is summed as its values one by one, or both ways are refused', () => {
  const tries = randomCases(20_000)
  let sums = 0
  fc.assert(
    fc.property(chunks, chunk => {
      const expected = plainChunkSum(chunk)
      if (expected !== undefined && chunk.values > 0) sums++
      expect(kernelSum(chunk)).toBe(expected)
    }),
    { numRuns: tries },
  )
  expect(sums).toBeGreaterThan(tries / 4)
})

const plainHabit: Habit = {
  hasCrc: false,
  wrongCrc: false,
  levelEncoding: 3,
}

/** Nothing but nulls: nobody looks at the values. */
const nulls = { bytes: new Uint8Array(), count: 0, encoding: 8, levels: levelsOf(0, 9) }

test.each([
  ['ends behind the page', 20],
  ['ends in front of it', -8],
])('a page whose levels have a length that %s is refused', (_, length) => {
  const bytes = Buffer.from(dataPage(nulls, plainHabit))
  const chunk: Chunk = { bytes, values: 9 }
  expect([kernelSum(chunk), plainChunkSum(chunk)]).toEqual([0n, 0n])
  bytes.writeInt32LE(length, bytes.length - nulls.levels.bytes.length - 4)
  expect([kernelSum(chunk), plainChunkSum(chunk)]).toEqual([undefined, undefined])
})

test('a page whose levels are damaged is refused, though its values could be any number', () => {
  const dictionary = { field_1: 2, field_7: { field_1: 1, field_2: 0 } }
  const levels = { bytes: Uint8Array.of(0), count: 9 }
  const page = { bytes: Uint8Array.of(0), count: 9, encoding: 8, levels }
  const bytes = Buffer.concat([
    pageBytes(plainBytes([7n]), dictionary, plainHabit),
    dataPage(page, plainHabit),
  ])
  const chunk: Chunk = { bytes, values: 9 }
  expect([kernelSum(chunk), plainChunkSum(chunk)]).toEqual([undefined, undefined])
})

test('a page whose header does not end is refused', () => {
  const whole = dataPage(nulls, plainHabit)
  const page = 4 + nulls.levels.bytes.length
  const header = whole.subarray(0, -page - 1) // its end is missing, and the page
  const chunk: Chunk = { bytes: Buffer.concat([header, Uint8Array.of(0x1b)]), values: 0 }
  expect([kernelSum(chunk), plainChunkSum(chunk)]).toEqual([0n, 0n])
  expect([kernelSum({ ...chunk, values: 1 }), plainChunkSum({ ...chunk, values: 1 })]).toEqual([
    undefined,
    undefined,
  ])
})
