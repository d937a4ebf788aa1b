import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Clash } from '../../src/catalogue/census.ts'
import { clashWarnings, warningsOf } from '../../src/ingest/clashes.ts'
import { storedFile } from '../../src/paths.ts'
import { emptyCatalogue } from '../support/directories.ts'

const clashOf = (position: number, more: Partial<Clash> = {}): Clash => ({
  position,
  column: { name: `c${position}`, type: 'text' },
  int64: 1,
  double: 0,
  ...more,
})
const misfitAt = (position: number) => ({ line: position + 2, value: `v${position}` })

test('a warning names the column, its type here and elsewhere, and the field that is to blame', () => {
  expect(warningsOf([clashOf(3)], misfitAt)).toEqual([
    'column "c3" is text here, int64 in 1 upload: line 5 has "v3"',
  ])
  expect(warningsOf([clashOf(0, { int64: 2, double: 3 })], misfitAt)).toEqual([
    'column "c0" is text here, int64 in 2 uploads, double in 3 uploads: line 2 has "v0"',
  ])
  const column = { name: 'd', type: 'date' } as const
  expect(warningsOf([clashOf(0, { column, int64: 0, double: 1 })], misfitAt)).toEqual([
    'column "d" is date here, double in 1 upload: line 2 has "v0"',
  ])
})

test('a text column of integers gets no warning, because its sum has an answer', () => {
  const onlyLast = (position: number) => (position === 2 ? misfitAt(2) : undefined)
  expect(
    warningsOf(
      [0, 1, 2].map(position => clashOf(position)),
      onlyLast,
    ),
  ).toHaveLength(1)
})

test('ten columns are named, and the others are counted', () => {
  const clashes = Array.from({ length: 13 }, (_, i) => clashOf(i))
  expect(warningsOf(clashes.slice(0, 10), misfitAt)).toHaveLength(10)
  const warnings = warningsOf(clashes, misfitAt)
  expect(warnings).toHaveLength(11)
  expect(warnings[9]).toContain('"c9"')
  expect(warnings[10]).toMatch(/^3 more columns /)
})

test('the field that is to blame is found in the upload', () => {
  const dataDir = emptyCatalogue()
  writeFileSync(storedFile(dataDir, 3, 'csv'), 'a,c1\n1,2\n3,word\n')
  expect(clashWarnings(dataDir, 3, 2, [clashOf(1)])).toEqual([
    'column "c1" is text here, int64 in 1 upload: line 3 has "word"',
  ])
})
