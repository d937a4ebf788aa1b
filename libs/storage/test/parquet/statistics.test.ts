import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { thriftStatistics } from '../../src/parquet/statistics.ts'
import { Statistics } from '../../src/parquet/thrift.ts'
import type { ColumnType } from '../../src/schema.ts'

const MOST = 64

function boundsOf(type: ColumnType, min_value: unknown, max_value = min_value) {
  const statistics = { null_count: 3n, min_value, max_value } as Parameters<typeof thriftStatistics>[0]
  const thrift = thriftStatistics(statistics, type)
  const bytes = (bound: Uint8Array | undefined) => bound && Buffer.from(bound)
  return {
    nulls: thrift[Statistics.null_count],
    least: bytes(thrift[Statistics.min_value]),
    greatest: bytes(thrift[Statistics.max_value]),
    isLeastExact: thrift[Statistics.is_min_value_exact],
    isGreatestExact: thrift[Statistics.is_max_value_exact],
  }
}

test('a text lies between its bounds, which are short and UTF-8, and says which of them are values', () => {
  const unit = fc.constantFrom('a', '~', 'é', '\ud7ff', '\ue000', '\u{ffff}', '\u{1f600}', '\u{10ffff}')
  const property = fc.property(fc.string({ unit, minLength: 8, maxLength: 40 }), text => {
    const value = Buffer.from(text)
    const { least, greatest, isLeastExact, isGreatestExact } = boundsOf('text', value)
    const isShort = value.length <= MOST
    expect(isLeastExact).toBe(isShort)
    if (isShort) expect([least, greatest]).toEqual([value, value])
    expect(least && value.subarray(0, least.length).equals(least)).toBe(true)
    expect(least?.length).toBeGreaterThan(Math.min(value.length, MOST) - 4)
    if (greatest === undefined) {
      expect(text.startsWith('\u{10ffff}'.repeat(16))).toBe(true)
      return
    }
    expect(isGreatestExact).toBe(isShort)
    expect(Buffer.compare(greatest, value)).toBe(isShort ? 0 : 1)
    for (const bound of [least as Buffer, greatest]) {
      expect(bound.length).toBeLessThanOrEqual(MOST + 1)
      expect(Buffer.from(bound.toString()).equals(bound)).toBe(true)
    }
  })
  fc.assert(property, { numRuns: randomCases(3000) })
})

test('a bound that is cut ends in the next character', () => {
  const head = 'a'.repeat(MOST - 1)
  const greatestOf = (text: string) => boundsOf('text', Buffer.from(text)).greatest?.toString()
  expect(greatestOf(`${head}bc`)).toBe(`${head}c`)
  expect(greatestOf(`${'a'.repeat(MOST - 3)}\ud7ffx`)).toBe(`${'a'.repeat(MOST - 3)}\ue000`)
  expect(greatestOf(`${'a'.repeat(MOST - 4)}\u{10ffff}x`)).toBe(`${'a'.repeat(MOST - 5)}b`)
  expect(greatestOf('\u{10ffff}'.repeat(17))).toBeUndefined()
})

test('bounds of numbers have the bytes of PLAIN pages, and are exact', () => {
  expect(boundsOf('int64', -2n, 258n)).toEqual({
    nulls: 3n,
    least: Buffer.from('feffffffffffffff', 'hex'),
    greatest: Buffer.from('0201000000000000', 'hex'),
    isLeastExact: true,
    isGreatestExact: true,
  })
  expect(boundsOf('date', -2, 258)).toMatchObject({
    least: Buffer.from('feffffff', 'hex'),
    greatest: Buffer.from('02010000', 'hex'),
  })
  expect(boundsOf('double', 1).least).toEqual(Buffer.from('000000000000f03f', 'hex'))
  expect(boundsOf('boolean', false, true)).toMatchObject({ least: Buffer.of(0), greatest: Buffer.of(1) })
})

test('without both bounds there is none', () => {
  for (const [min, max] of [
    [undefined, undefined],
    [1n, undefined],
    [undefined, 1n],
  ]) {
    const statistics = { null_count: 1n, min_value: min, max_value: max }
    const thrift = thriftStatistics(statistics as Parameters<typeof thriftStatistics>[0], 'int64')
    expect([thrift[Statistics.min_value], thrift[Statistics.max_value]]).toEqual([undefined, undefined])
  }
})
