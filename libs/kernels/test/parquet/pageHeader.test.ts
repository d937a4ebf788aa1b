import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { PAGE_HEADER_NUMBERS, type PageHeader, pageHeaderOf } from '../../src/index.ts'
import { at, kernels, memory } from '../support/memory.ts'
import { maybeDamaged, serialized, withMore } from '../support/thrift.ts'
import { pageHeaderIn } from '../twins/pageHeader.ts'

const size = fc.oneof(
  fc.nat(),
  fc.integer({ min: -2, max: 3 }),
  fc.constantFrom(2 ** 31 - 1, 2n ** 31n, 2n ** 40n),
)
const statistics = fc.record({ field_3: size, field_5: fc.uint8Array({ maxLength: 40 }) })
const content = withMore(
  fc.record({
    field_1: size,
    field_2: fc.nat({ max: 9 }),
    field_3: fc.nat({ max: 9 }),
    field_4: size,
    field_5: statistics,
  }),
  [6, 7],
)
const common = {
  field_1: fc.nat({ max: 3 }),
  field_2: size,
  field_3: size,
  field_4: fc.option(fc.integer(), { nil: undefined }),
}
const headers = fc
  .oneof(
    withMore(fc.record({ ...common, field_5: content }), [6, 8, 9]),
    withMore(fc.record({ ...common, field_7: content }), [6, 8, 9]),
  )
  .map(serialized)

function read(bytes: Uint8Array, behind: Uint8Array): PageHeader | undefined {
  const from = at.chunk
  memory.set(bytes, from)
  memory.set(behind, from + bytes.length)
  const headerBytes = kernels.readPageHeader(from, from + bytes.length + behind.length)
  if (headerBytes === 0) return undefined
  const numbers = new Int32Array(memory.buffer, kernels.pageHeader(), PAGE_HEADER_NUMBERS)
  return pageHeaderOf(headerBytes, numbers)
}

test('readPageHeader reads any header as the plain reader does, or both refuse', () => {
  const tries = randomCases(20_000)
  let whole = 0
  fc.assert(
    fc.property(maybeDamaged(headers), fc.uint8Array({ maxLength: 20 }), (bytes, behind) => {
      const expected = pageHeaderIn(Buffer.concat([bytes, behind]))
      expect(read(bytes, behind)).toEqual(expected)
      if (expected) whole++
    }),
    { numRuns: tries },
  )
  expect(whole).toBeGreaterThan(tries / 20)
})
