import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels, memory } from '../support/memory.ts'
import { series } from '../support/series.ts'
import { plainDelta } from '../twins/pages.ts'
import { plainSurvey } from '../twins/survey.ts'

const CASES = { numRuns: randomCases(20_000) }

const plan = at.levels
const out = at.chunk
const types = [
  { bits: 64, survey: kernels.surveyInt64, encode: kernels.deltaInt64, view: BigInt64Array },
  { bits: 32, survey: kernels.surveyInt32, encode: kernels.deltaInt32, view: Int32Array },
] as const

/** Puts values at an address that need not be aligned, between other values. */
function put(
  values: readonly bigint[],
  { view }: (typeof types)[number],
  offset: number,
  around = offset % 2 ? 0x55 : 0xaa,
): number {
  const bytes = new Uint8Array(
    (view === Int32Array ? Int32Array.from(values, Number) : BigInt64Array.from(values)).buffer,
  )
  const from = at.values + offset
  memory.fill(around, from - 64, from + bytes.length + 300)
  memory.set(bytes, from)
  return from
}

test.each(types)('integers of $bits bits are surveyed as if one by one', type => {
  fc.assert(
    fc.property(series(type.bits), fc.nat({ max: 15 }), (values, offset) => {
      const from = put(values, type, offset)
      type.survey(from, values.length, plan)
      expect({
        least: kernels.surveyLeast(),
        greatest: kernels.surveyGreatest(),
        changes: kernels.surveyChanges(),
        deltaBytes: kernels.surveyDeltaBytes(),
      }).toEqual(plainSurvey(values, type.bits))
    }),
    CASES,
  )
})

test.each(types)(
  'a reader gets the integers of $bits bits back, from exactly the announced number of bytes',
  type => {
    fc.assert(
      fc.property(series(type.bits), fc.nat({ max: 15 }), (values, offset) => {
        const from = put(values, type, offset)
        type.survey(from, values.length, plan)
        memory.fill(0xa5, out, out + 16 * values.length + 512)
        const end = type.encode(from, values.length, plan, out)
        expect(end - out).toBe(kernels.surveyDeltaBytes())
        expect(plainDelta(memory.slice(out, end), values.length, type.bits)).toEqual(values)
        expect(memory.subarray(end + 8, end + 24)).toEqual(new Uint8Array(16).fill(0xa5))
        const bytes = memory.slice(out, end)
        put(values, type, offset, 0x0f)
        type.encode(from, values.length, plan, out)
        expect(memory.slice(out, end)).toEqual(bytes)
      }),
      CASES,
    )
  },
)

test.each([1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 55, 56, 57, 63, 64])(
  'remainders of %d bits come back',
  width => {
    const type = types[0]
    const most = 2n ** BigInt(width) - 1n
    let value = 0n
    const values = Array.from({ length: 400 }, (_, i) => {
      value = BigInt.asIntN(64, value + [0n, most, most >> 1n, 1n, most - 1n][(i * i) % 5])
      return value
    })
    const from = put(values, type, 0)
    type.survey(from, values.length, plan)
    const end = type.encode(from, values.length, plan, out)
    expect(plainDelta(memory.slice(out, end), values.length, 64)).toEqual(values)
  },
)
