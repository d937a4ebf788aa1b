import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { memory } from '../../src/kernelMemory.ts'
import { sumCsvColumn } from '../../src/sum/csv.ts'
import { temporaryFile } from '../support/files.ts'

test('sums are exact up to the edges of int64, whatever the notation', () => {
  const value = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.integer().map(BigInt),
    fc.constantFrom(0n, 2n ** 63n - 1n, -(2n ** 63n), 999_999_999n, -999_999_999n, 1_000_000_000n),
  )
  const field = fc.tuple(value, fc.constantFrom('', '"')).map(([number, quote]) => ({
    text: quote + number + quote,
    number,
  }))
  const fields = fc.array(fc.oneof(field, fc.constant({ text: '', number: 0n })), { maxLength: 300 })
  fc.assert(
    fc.property(fields, fields => {
      const path = temporaryFile(`a,v\n${fields.map(({ text }) => `"x,\n",${text}\n`).join('')}`)
      expect(sumCsvColumn(path, 1, 2)).toBe(fields.reduce((sum, { number }) => sum + number, 0n))
    }),
    { numRuns: randomCases(500) },
  )
})

test('sums stay exact over blocks full of the greatest numbers', () => {
  const rows = 300_000
  const path = temporaryFile(`v\n${`${2n ** 63n - 1n}\n`.repeat(rows)}${`-${2n ** 63n}\n`.repeat(rows)}`)
  expect(sumCsvColumn(path, 0, 1)).toBe(-BigInt(rows))
})

test('a byte order mark and a header with line breaks are skipped', () => {
  expect(sumCsvColumn(temporaryFile('\uFEFF"a\nb",c\r\n\r\n5,6\r\n'), 0, 2)).toBe(5n)
})

test.each([
  ['x\n1\nabc\n', 'line 3: found "abc", expected an int64'],
  ['x\n1.5\n', 'line 2: found "1.5", expected an int64'],
  ['x\n9223372036854775808\n', 'line 2: found "9223372036854775808", expected an int64'],
  ['x\n1,2\n', 'line 2: found 2 fields, expected 1'],
])('%j is refused', (text, message) => {
  expect(() => sumCsvColumn(temporaryFile(text), 0, 1)).toThrow(message)
})

test('parts that meet where a record begins add up to the whole', () => {
  const header = '\uFEFFa,v\n'
  const records = Array.from({ length: 2000 }, (_, i) => `"x,\n",${i * i - 1000}\r\n`)
  const ends = records.map((_, i) => Buffer.byteLength(header) + records.slice(0, i + 1).join('').length)
  const path = temporaryFile(header + records.join(''))
  const whole = sumCsvColumn(path, 1, 2)
  expect(whole).toBe(2_664_667_000n - 2_000_000n)
  for (const cut of [0, 1, 77, 1998]) {
    const middle = ends[cut] as number
    const bytes = ends.at(-1) as number
    const parts = [
      { from: 0, to: middle },
      { from: middle, to: bytes },
    ].map(part => sumCsvColumn(path, 1, 2, undefined, { bytes, ...part }))
    expect(parts[0]).not.toBe(0n)
    expect(parts.reduce((a, b) => a + b)).toBe(whole)
  }
})

test('a column of a wide table is found wherever it is', () => {
  const columns = 40
  const names = Array.from({ length: columns }, (_, i) => `c${i}`).join(',')
  const rows = Array.from({ length: 3000 }, (_, row) =>
    Array.from({ length: columns }, (_, i) => (i % 7 === 3 ? `"a,""${row}"` : row * (i + 1))).join(','),
  )
  const path = temporaryFile(`${names}\n${rows.join('\n')}`)
  for (const column of [0, 1, 2, 15, 20, 37, 39]) {
    expect(sumCsvColumn(path, column, columns)).toBe(4_498_500n * BigInt(column + 1))
  }
})

test('a record larger than a block is summed, and its memory released', () => {
  const long = 'a'.repeat(3_000_000)
  const path = temporaryFile(`t,v\nx,1\n${long},2\n"${long}\n",3\nx,4\n`)
  expect(sumCsvColumn(path, 1, 2)).toBe(10n)
  expect(memory.bytes.length).toBeLessThan(40_000_000)
})

test('a sum that nobody waits for stops', () => {
  const cancellation = new Int32Array(new SharedArrayBuffer(4)).fill(1)
  expect(() => sumCsvColumn(temporaryFile('x\n1\n'), 0, 1, cancellation)).toThrow(
    expect.objectContaining({ code: 'cancelled' }),
  )
})
