import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import {
  type ColumnChunks,
  foundChunk,
  foundElement,
  NO_SUCH_COLUMN,
  TOO_MANY_ROW_GROUPS,
} from '../../src/index.ts'
import { at, kernels, memory, reading } from '../support/memory.ts'
import { maybeDamaged, type Struct, serialized, withMore } from '../support/thrift.ts'
import { readFileMetadata } from '../twins/fileMetadata.ts'

const names = fc.constantFrom('x', 'y', 'é', '', 'a name that is longer than its neighbours')
const number = fc.oneof({ arbitrary: fc.bigInt({ min: 0n, max: 2n ** 40n }), weight: 50 }, fc.constant(-1n))
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const logicalType = fc.constantFrom(1, 5, 6, 8, 11).map(member => ({ [`field_${member}`]: {} }))
const column = withMore(
  fc.record({
    field_1: fc.integer({ min: 0, max: 7 }),
    field_3: optional(fc.nat({ max: 2 })),
    field_4: names,
    field_5: fc.nat({ max: 60 }).map(number => (number === 0 ? 1 : undefined)),
    field_6: optional(fc.nat({ max: 21 })),
    field_10: optional(logicalType),
  }),
  [2, 7, 8, 9, 11, 300],
)
const bound = fc.constantFrom(
  ...['0100000000000000', '0100000000000080', 'ffffffffffffff7f', '0000000000000080', '00000080', ''].map(
    hex => Uint8Array.from(Buffer.from(hex, 'hex')),
  ),
)
/** Mostly statistics of a single value, which matter most. */
const statistics = fc
  .tuple(
    fc.option(fc.tuple(bound, bound, fc.nat({ max: 4 })), { nil: undefined }),
    fc.record({
      field_3: optional(fc.oneof(fc.constant(0n), number)),
      field_7: optional(fc.constantFrom(true, true, false)),
      field_8: optional(fc.constantFrom(true, true, false)),
    }),
  )
  .map(([bounds, rest]) => {
    if (!bounds) return rest
    const [least, greatest, other] = bounds
    return { ...rest, field_5: other === 0 ? greatest : least, field_6: least }
  })
const chunk = withMore(
  fc.record({
    field_2: number,
    field_3: withMore(
      fc.record({
        field_1: fc.oneof(fc.constant(2), fc.nat({ max: 7 })),
        field_4: fc.nat({ max: 7 }),
        field_5: number,
        field_7: number,
        field_9: number,
        field_11: optional(number),
        field_12: optional(statistics),
      }),
      [2, 3, 6, 8, 10, 12, 13, 20],
    ),
  }),
  [4, 5, 6, 7],
)

const metadata: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(column, { maxLength: 5 }), fc.nat({ max: 17 }), fc.boolean())
  .chain(([columns, groups, more]) => {
    const elements: Struct[] = columns
    const leaves = columns.length
    const rowGroup = fc.record({
      field_1: fc.array(chunk, { minLength: leaves, maxLength: leaves }),
      field_2: number,
      field_3: number,
    })
    const file = fc.record({
      field_1: fc.constant(2),
      field_2: fc.constant([{ field_4: 'schema', field_5: columns.length }, ...elements]),
      field_3: number,
      field_4: fc.array(rowGroup, { minLength: groups, maxLength: groups }),
    })
    return withMore(file, more ? [5, 6, 7, 8, 9] : [6])
  })
  .map(serialized)

const out = at.values
const room = 100

/**
 * Returns what the kernel finds, in the twin's form, or the code that the kernel returns. The kernel gets
 * `most` bytes at a time.
 */
function find(bytes: Uint8Array, wanted: string | number, most = bytes.length): ColumnChunks | number {
  const from = at.chunk
  const name = typeof wanted === 'string' ? Buffer.from(wanted) : Buffer.alloc(0)
  const first = bytes.subarray(0, most)
  let to = from + first.length
  let rest = bytes.subarray(first.length)
  reading.on = (start, wanted) => {
    const kept = memory.slice(start, to)
    const more = rest.subarray(0, Math.max(most, wanted) - kept.length)
    rest = rest.subarray(more.length)
    memory.fill(0xa5, from, to)
    memory.set(kept, from)
    memory.set(more, from + kept.length)
    to = from + kept.length + more.length
    memory.fill(0xa5, to, to + 64)
    return to
  }
  memory.fill(0xa5, from - 64, to + 64)
  memory.set(first, from)
  memory.set(name, at.ends)
  const position = typeof wanted === 'string' ? -1 : wanted
  const groups = kernels.findColumn(from, to, rest.length, position, at.ends, name.length, out, room)
  if (groups < 0) return groups
  return {
    element: foundElement(kernels),
    chunks: Array.from({ length: groups }, (_, i) => foundChunk(kernels, out, i)),
  }
}

function plain(bytes: Uint8Array, wanted: string | number): ColumnChunks | number {
  try {
    return readFileMetadata(bytes, wanted) ?? NO_SUCH_COLUMN
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return -2
  }
}

test('findColumn finds a column of any metadata as the plain reader does, or both refuse, however few bytes it gets at a time', () => {
  const tries = randomCases(20_000)
  let found = 0
  let constants = 0
  const few = fc.integer({ min: 1, max: 100 })
  fc.assert(
    fc.property(maybeDamaged(metadata), fc.oneof(names, fc.nat({ max: 5 })), few, (bytes, wanted, most) => {
      const expected = plain(bytes, wanted)
      expect(find(bytes, wanted)).toEqual(expected)
      expect(find(bytes, wanted, most)).toEqual(expected)
      if (typeof expected === 'number') return
      found++
      constants += expected.chunks.filter(chunk => chunk.constant).length
    }),
    { numRuns: tries },
  )
  expect(found).toBeGreaterThan(tries / 20)
  expect(constants).toBeGreaterThan(tries / 40)
})

test('findColumn refuses a name that there is no room for', () => {
  const bytes = serialized({
    field_2: [{ field_5: 1 }, { field_1: 2, field_4: 'x'.repeat(1000) }],
    field_4: [],
  })
  const { chunk, ends } = at
  memory.set(bytes.subarray(0, 100), chunk)
  reading.on = (start, wanted) => {
    expect(wanted).toBe(1000)
    memory.copyWithin(chunk, start, chunk + 100)
    return chunk + 100 - (start - chunk)
  }
  expect(kernels.findColumn(chunk, chunk + 100, bytes.length - 100, 0, ends, 0, out, room)).toBe(-2)
})

test('findColumn writes no more row groups than there is room for', () => {
  const group = { field_1: [{ field_3: { field_1: 2, field_4: 0, field_5: 1n, field_7: 1n, field_9: 4n } }] }
  const file = (groups: number) =>
    serialized({
      field_2: [{ field_5: 1 }, { field_1: 2, field_4: 'x' }],
      field_4: Array(groups).fill(group),
    })
  expect(find(file(room), 'x')).toMatchObject({ chunks: { length: room } })
  expect(find(file(room + 1), 'x')).toBe(TOO_MANY_ROW_GROUPS)
})

test('findColumn ends at structures that are nested without end', () => {
  const lists = new Uint8Array(100_000).fill(0x19)
  expect(find(Uint8Array.of(0x19, ...lists), 'x')).toBe(-2)
  expect(plain(Uint8Array.of(0x19, ...lists), 'x')).toBe(-2)
})
