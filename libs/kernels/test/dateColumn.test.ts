import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectReadsAs, fieldsOf } from './support/columns.ts'
import { at, kernels, memory, scan } from './support/memory.ts'
import { dateTexts, flawed } from './support/timeTexts.ts'
import { date } from './twins/values.ts'

test('dateColumn reads what Date reads, and no other days', () => {
  const texts = fc.oneof({ arbitrary: dateTexts, weight: 9 }, flawed(dateTexts), fc.constant(''))
  expectReadsAs(kernels.dateColumn, Int32Array, date, fieldsOf(texts))
})

test('dateColumn reads every day from year 1 to 9999', () => {
  const first = Date.parse('0001-01-01') / 86_400_000
  const last = Date.parse('9999-12-31') / 86_400_000
  for (let from = first; from <= last; from += 100_000) {
    const days = Array.from({ length: Math.min(100_000, last - from + 1) }, (_, i) => from + i)
    const text = days.map(day => `${new Date(day * 86_400_000).toISOString().slice(0, 10)}\n`).join('')
    memory.set(Buffer.from(text), at.chunk)
    scan({ to: text.length, last: true, columns: 1 })
    expect(kernels.dateColumn(at.ends, days.length, 1, 0, at.values, at.levels)).toBe(days.length)
    const expected = Buffer.from(Int32Array.from(days).buffer)
    expect(Buffer.from(memory.buffer, at.values, expected.length).equals(expected)).toBe(true)
  }
})
