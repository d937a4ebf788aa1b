import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectReadsAs, fieldsOf } from '../support/columns.ts'
import { at, kernels, memory, scan } from '../support/memory.ts'
import { dateTexts, flawed } from '../support/timeTexts.ts'
import { date } from '../twins/values.ts'

test('dateColumn reads what Date reads, and no other days', () => {
  const texts = fc.oneof({ arbitrary: dateTexts, weight: 9 }, flawed(dateTexts), fc.constant(''))
  expectReadsAs(kernels.dateColumn, Int32Array, date, fieldsOf(texts))
})

const DAY = 86_400_000
/** The days of the months. */
const dayNames = Array.from({ length: 31 }, (_, i) => String(i + 1).padStart(2, '0'))

/** Returns the first day of a month, counted from 1970. */
function firstDay(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1) / DAY
}

function textsOf(year: number): string[] {
  return Array.from({ length: 12 }, (_, month) => {
    const start = firstDay(year, month)
    const prefix = new Date(start * DAY).toISOString().slice(0, 8)
    const days = dayNames.slice(0, firstDay(year, month + 1) - start)
    return days.map(day => prefix + day).join('\n')
  })
}

test('dateColumn reads every day from year 1 to 9999', () => {
  for (let year = 1; year <= 9999; year++) {
    const text = `${textsOf(year).join('\n')}\n`
    const first = firstDay(year, 0)
    const days = Int32Array.from({ length: firstDay(year + 1, 0) - first }, (_, i) => first + i)
    memory.set(Buffer.from(text), at.chunk)
    scan({ to: text.length, last: true, columns: 1 })
    expect(kernels.dateColumn(at.ends, days.length, 1, 0, at.values, at.levels, false)).toBe(days.length)
    const expected = Buffer.from(days.buffer)
    expect(Buffer.from(memory.buffer, at.values, expected.length).equals(expected)).toBe(true)
  }
})
