import { mkdirSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { convertCsv } from '../../src/ingest/convert.ts'
import { filesDirectory, formats, storedFile } from '../../src/paths.ts'
import { sumTexts } from '../../src/sum/texts.ts'
import { temporaryDirectory, thrown } from '../support/directories.ts'

/** The sums of a text column, from either format. */
function sumsOf(fields: readonly string[]): (bigint | undefined)[] {
  const dataDir = temporaryDirectory()
  mkdirSync(filesDirectory(dataDir))
  const [csv, parquet] = formats.map(format => storedFile(dataDir, 1, format)) as [string, string]
  writeFileSync(csv, `v,w\n${fields.map(field => `${field},1\n`).join('')}`)
  const { columns } = convertCsv(csv, parquet)
  const type = columns[0]?.type
  expect(type).toBe('text')
  return formats.map(format => sumTexts(dataDir, { id: 1, format, columnIndex: 0, columns: 2, type: 'text' }))
}

const integers = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    fc.constantFrom('', '0', '000'),
    fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.nat().map(BigInt)),
  )
  .map(parts => parts.join(''))

test('texts that are integers of any size add up exactly, in both formats', () => {
  const fields = fc.array(
    fc.oneof({ arbitrary: integers, weight: 6 }, fc.constantFrom('', '""', '" 5 "', '5.', '50.00')),
    {
      maxLength: 60,
    },
  )
  fc.assert(
    fc.property(fields, fields => {
      const sum = fields.reduce(
        (sum, field) => sum + BigInt(field.replace(/\.0*$/, '').replaceAll('"', '')),
        0n,
      )
      // One that is no int64, so that the column is text.
      expect(sumsOf(['+1', ...fields])).toEqual([sum + 1n, sum + 1n])
    }),
    { numRuns: randomCases(300) },
  )
})

test('long columns of short integers are exact', () => {
  const fields = Array.from({ length: 300_000 }, (_, row) => (row % 2 ? '999999999' : '-00000001'))
  const sum = 150_000n * 999_999_998n
  expect(sumsOf(['+0', ...fields])).toEqual([sum, sum])
})

test.each(['n/a', '1.5', '-', '+', '1e5', '0x10', '5 6', '1_000', 'NaN', '"1,000"'])(
  'a column with %s has no sum',
  text => {
    expect(sumsOf(['+1', text, '2'])).toEqual([undefined, undefined])
  },
)

test('a sum of texts that nobody waits for stops', () => {
  const dataDir = temporaryDirectory()
  mkdirSync(filesDirectory(dataDir))
  writeFileSync(storedFile(dataDir, 1, 'csv'), 'v\n+1\n')
  const piece = { id: 1, format: 'csv', columnIndex: 0, columns: 1, type: 'text' } as const
  expect(thrown(() => sumTexts(dataDir, piece, Int32Array.of(1))).code).toBe('cancelled')
})
