import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { fieldsOf, layouts, putColumn } from '../support/columns.ts'
import { at, kernels, memory, scan } from '../support/memory.ts'
import { judgeRecords } from '../support/records.ts'
import { tables } from '../support/tables.ts'

const CANARY = 0xa5
const canaries = new Uint8Array(8).fill(CANARY)
const SLACK = 64

/** Checks the texts of a column of a scanned table. */
function expectTexts(bytes: Uint8Array, columns: number, column: number): void {
  const judged = judgeRecords(bytes, columns)?.map(record => record[column])
  if (!judged) return
  const notNull = judged.filter(({ text, quoted }) => quoted || text !== '')
  const expected = Buffer.concat(
    notNull.flatMap(({ text }) => [
      Buffer.from(Int32Array.of(Buffer.byteLength(text)).buffer),
      Buffer.from(text),
    ]),
  )
  const quotes = judged.map(({ text, quoted }) => (quoted ? 2 + text.split('"').length - 1 : 0))
  const room = kernels.textBytes(at.ends, judged.length, columns, column)
  const nulls = judged.length - notNull.length
  expect(room).toBe(quotes.reduce((sum, count) => sum + count, expected.length + 4 * nulls))
  const levelsEnd = at.levels + judged.length
  const untouched = [at.values - 8, at.values + expected.length + SLACK, at.levels - 8, levelsEnd]
  for (const address of untouched) memory.set(canaries, address)
  const bytesRead = kernels.textColumn(at.ends, judged.length, columns, column, at.values, at.levels)
  expect(bytesRead).toBe(expected.length)
  expect(kernels.textCount()).toBe(notNull.length)
  expect(Array.from(memory.subarray(at.levels, levelsEnd), Boolean)).toEqual(
    judged.map(field => notNull.includes(field)),
  )
  expect(Buffer.from(memory.buffer, at.values, expected.length)).toEqual(expected)
  for (const address of untouched) expect(memory.subarray(address, address + 8)).toEqual(canaries)
}

const lengths = [14, 15, 16, 17, 31, 32, 33, 64].map(length => 'x'.repeat(length))
const parts = fc.constantFrom('', 'a', 'é', '"', '""', ',', '\n', '\r', '\r\n', ...lengths)
const texts = fc.array(parts, { maxLength: 6 }).map(all => all.join(''))

test('textColumn writes the texts that csv-parse reads, an unquoted empty one being null, and textBytes tells the room they need', () => {
  fc.assert(
    fc.property(fieldsOf(texts), layouts, (fields, layout) => {
      expectTexts(putColumn(fields, layout).bytes, layout.columns, layout.column)
    }),
    { numRuns: randomCases(20_000) },
  )
})

test('textColumn and textBytes know every field of any table', () => {
  fc.assert(
    fc.property(tables, ({ columns, text }) => {
      const bytes = Buffer.from(text)
      memory.set(bytes, at.chunk)
      scan({ to: bytes.length, last: true, columns })
      for (let column = 0; column < columns; column++) expectTexts(bytes, columns, column)
    }),
    { numRuns: randomCases(20_000) },
  )
})
