import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fieldsOf, judgedColumn, layouts, putColumn } from './support/columns.ts'
import { at, kernels, memory } from './support/memory.ts'

const parts = fc.constantFrom(
  '',
  'a',
  'é',
  '"',
  '""',
  ',',
  '\n',
  '\r',
  '\r\n',
  'x'.repeat(15),
  'y'.repeat(16),
  'z'.repeat(64),
)
const texts = fc.array(parts, { maxLength: 6 }).map(all => all.join(''))
const CANARY = 0xa5
const SLACK = 64

test('textColumn writes the texts that csv-parse reads, and textBytes says how much room they need', () => {
  fc.assert(
    fc.property(fieldsOf(texts), layouts, (fields, layout) => {
      const { bytes, records } = putColumn(fields, layout)
      const judged = judgedColumn(bytes, layout)
      expect(records).toBe(judged.length)
      const expected = Buffer.concat(
        judged.flatMap(({ text }) => {
          const length = Buffer.alloc(4)
          length.writeInt32LE(Buffer.byteLength(text))
          return [length, Buffer.from(text)]
        }),
      )
      const quotes = judged.reduce(
        (sum, { text, quoted }) => sum + (quoted ? 2 + text.split('"').length - 1 : 0),
        0,
      )
      const { columns, column } = layout
      const room = kernels.textBytes(at.ends, records, columns, column)
      expect(room).toBe(expected.length + quotes)
      memory.fill(CANARY, at.values - 8, at.values + room + SLACK + 8)
      expect(kernels.textColumn(at.ends, records, columns, column, at.values)).toBe(expected.length)
      expect(Buffer.from(memory.buffer, at.values, expected.length).equals(expected)).toBe(true)
      for (const untouched of [at.values - 8, at.values + expected.length + SLACK]) {
        expect(memory.subarray(untouched, untouched + 8)).toEqual(new Uint8Array(8).fill(CANARY))
      }
    }),
    { numRuns: 1500 },
  )
})
