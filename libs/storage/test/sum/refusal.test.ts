import { rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { notedTexts, textIntegersOf } from '../../src/catalogue/notes.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import { storedFile } from '../../src/paths.ts'
import { type Refusal, refusalOf, refuse } from '../../src/sum/refusal.ts'
import { opened, receive, temporaryDirectory, thrown } from '../support/directories.ts'

/** Stores a CSV, and says why its column `x` has no sum. */
async function refused(csv: string, counts = { fine: 0, others: 0, unknown: 0 }, cancellation?: Int32Array) {
  const store = opened(temporaryDirectory())
  const upload = commitUpload(store.dataDir, await receive(store, csv), '2026-01-02T03:04:05.678Z')
  await store.catalogue.publish(upload)
  const { uploads } = await store.catalogue.snapshot()
  const refusal = refusalOf(uploads, findColumn(store.dataDir, 'x'), 'x', () => false) as Refusal
  return thrown(() => refuse(store.dataDir, { ...refusal, ...counts }, cancellation))
}

test('a refusal names the upload, the line and the value, and how many uploads are fine', async () => {
  const error = await refused('x,y\n1,2\n\n3,4\nn/a,5\nx,6\n', { fine: 999, others: 0, unknown: 0 })
  expect(error).toMatchObject({ code: 'invalid' })
  expect(error.message).toBe(
    'column "x" is text in upload 1 (received 2026-01-02T03:04:05.678Z): line 5 has "n/a", expected integers; 999 other uploads are fine',
  )
})

test.each([
  ['the first that is no number, not the first that is no integer', 'x\n1.5\n2\nabc\n', 'text', 4, 'abc'],
  ['the first that is no integer where all are numbers', 'x\n007\n2\n1.5\n+2.5\n+1\n', 'text', 4, '1.5'],
  ['a text in quotes with a line break in front', 'y,x\n"a\nb","c, ""d"""\n', 'text', 3, 'c, "d"'],
  ['a boolean', 'x,y\n,1\ntrue,1\n', 'boolean', 3, 'true'],
  ['a date', 'x,y\n,1\n2026-01-02,1\n', 'date', 3, '2026-01-02'],
])('what a refusal shows is %s', async (_, csv, type, line, value) => {
  const { message } = await refused(csv)
  expect(message).toContain(`column "x" is ${type} in upload 1 `)
  expect(message).toContain(`: line ${line} has "${value}", expected integers; 0 other uploads are fine`)
})

test('the line is right behind many blocks, and behind a record that is larger than one', async () => {
  const rows = 200_000
  const long = 'a'.repeat(600_000)
  const csv = `y,x\n${'"two\nlines",1\n'.repeat(rows)}${long},+2\n1,-\n`
  const { message } = await refused(csv)
  expect(message).toContain(`line ${2 * rows + 3} has "-"`)
})

test('a refusal has the name of the upload, and needs no file where the catalogue has a note', async () => {
  const store = opened(temporaryDirectory())
  const csv = `x\n${'+1\n'.repeat(20)}n/a\n`
  const options = { name: 'march "1".csv' }
  const upload = commitUpload(store.dataDir, await receive(store, csv), '2026-01-02T03:04:05.678Z', options)
  await store.catalogue.publish(upload)
  const { uploads } = await store.catalogue.snapshot()
  const places = findColumn(store.dataDir, 'x')
  const refusal = refusalOf(
    uploads,
    places,
    'x',
    textIntegersOf(notedTexts(store.dataDir, places)),
  ) as Refusal
  rmSync(storedFile(store.dataDir, upload.id, 'csv'))
  expect(thrown(() => refuse(store.dataDir, refusal)).message).toBe(
    'column "x" is text in upload 1 ("march "1".csv", received 2026-01-02T03:04:05.678Z): line 22 has "n/a", expected integers; 0 other uploads are fine',
  )
})

test('a refusal says how many uploads are not fine either, or not known', async () => {
  const { message } = await refused('x\na\n', { fine: 1, others: 1, unknown: 2 })
  expect(message).toMatch(/; 1 other upload is fine, 1 more is not, 2 of text were not looked at$/)
})

test('a long value is cut', async () => {
  const { message } = await refused(`x\n${'a'.repeat(5000)}\n`)
  expect(message.length).toBeLessThan(500)
})

test('a refusal that nobody waits for is not looked for', async () => {
  const error = await refused('x\na\n', undefined, Int32Array.of(1))
  expect(error.code).toBe('cancelled')
})
