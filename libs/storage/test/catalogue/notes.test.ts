import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { insertUpload } from '../../src/catalogue/database.ts'
import { misfitOf, notedTexts, textIntegersOf } from '../../src/catalogue/notes.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import type { TextNote } from '../../src/csv/textNotes.ts'
import { removeUploads } from '../../src/directory/removal.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import { catalogueFile, storedFile } from '../../src/paths.ts'
import type { Column } from '../../src/schema.ts'
import {
  emptyCatalogue,
  noChecksums,
  opened,
  receive,
  temporaryDirectory,
  uploadOf,
} from '../support/directories.ts'

const text = (name: string): Column => ({ name, type: 'text' })
const int64 = (name: string): Column => ({ name, type: 'int64' })

function put(dataDir: string, id: number, columns: Column[], notes: TextNote[] = []): void {
  insertUpload(dataDir, uploadOf(id, { columns }), { ...noChecksums, notes })
}

function integerTexts(dataDir: string, name: string): number[] {
  return [...notedTexts(dataDir, findColumn(dataDir, name)).integers]
}

function countNotes(dataDir: string): unknown {
  using database = new DatabaseSync(catalogueFile(dataDir), { readOnly: true })
  return database.prepare('SELECT count(*) AS notes FROM notes').get()?.notes
}

test('the uploads are known whose column is text of integers alone, whatever its place; another column there does not count', () => {
  const dataDir = emptyCatalogue()
  put(dataDir, 1, [text('zip'), text('other')], [{ position: 0, misfit: undefined }])
  put(dataDir, 2, [text('other'), text('zip')], [{ position: 0, misfit: undefined }])
  put(dataDir, 3, [text('other'), text('zip')], [{ position: 1, misfit: undefined }])
  put(dataDir, 4, [int64('zip'), text('other')], [{ position: 1, misfit: undefined }])
  put(dataDir, 5, [text('zip'), text('other')], [{ position: 0, misfit: { line: 3, value: 'n/a' } }])
  put(dataDir, 6, [text('zip'), text('other')])
  expect(integerTexts(dataDir, 'zip')).toEqual([1, 3])
  expect(integerTexts(dataDir, 'other')).toEqual([2, 4])
  expect(integerTexts(dataDir, 'missing')).toEqual([])
  const known = textIntegersOf(notedTexts(dataDir, findColumn(dataDir, 'zip')))
  expect([1, 2, 3, 4, 5, 6].map(known)).toEqual([true, undefined, true, undefined, false, undefined])
})

test('more uploads than are read at a time are all known', () => {
  const dataDir = emptyCatalogue()
  put(dataDir, 1, [text('zip')], [{ position: 0, misfit: undefined }])
  const database = new DatabaseSync(catalogueFile(dataDir))
  database.exec(`
    WITH RECURSIVE ids(id) AS (SELECT 2 UNION ALL SELECT id + 1 FROM ids WHERE id < 10000)
    INSERT INTO uploads SELECT ids.id, received_at, rows, csv_bytes, parquet_bytes, footer_bytes, footer_crc, row_groups, schema,
      csv_cuts, csv_checksums, parquet_checksum, upload_id, checksum, name FROM ids, uploads WHERE uploads.id = 1;
    INSERT INTO notes (upload, position) SELECT id, 0 FROM uploads WHERE id > 1`)
  database.close()
  expect(integerTexts(dataDir, 'zip')).toEqual(Array.from({ length: 10_000 }, (_, i) => i + 1))
})

test('a misfit comes from its note, with any characters, or else from the file', async () => {
  const store = opened(temporaryDirectory())
  const { dataDir } = store
  const numbers = Array.from({ length: 20 }, (_, i) => `${i},+${i}`).join('\n')
  const csvs = [`w,x\n${numbers}\na,"é\0\n"\n`, `w,x\n${numbers}\n`, 'w,x\nb,c\n1,2\n']
  const ids: number[] = []
  for (const csv of csvs) {
    const id = await receive(store, csv)
    commitUpload(dataDir, id, '2026-01-02T03:04:05.678Z')
    ids.push(id)
  }
  expect(ids.map(id => misfitOf(dataDir, { id, columnIndex: 1, columns: 2 }))).toEqual([
    { line: 22, value: 'é\0\n' },
    undefined,
    { line: 2, value: 'c' },
  ])
  expect(countNotes(dataDir)).toBe(3) // column `w` of the first upload is one of numbers with a word too
  expect(misfitOf(dataDir, { id: ids[2] as number, columnIndex: 0, columns: 2 })).toEqual({
    line: 2,
    value: 'b',
  })
})

test('the notes of an upload go with it', async () => {
  const store = opened(temporaryDirectory())
  const { dataDir } = store
  for (const csv of ['x\n+1\n', 'x\n+2\n']) {
    const id = await receive(store, csv)
    commitUpload(dataDir, id, '2026-01-02T03:04:05.678Z')
  }
  expect(integerTexts(dataDir, 'x')).toEqual([1, 2])
  removeUploads(dataDir, [1])
  expect(integerTexts(dataDir, 'x')).toEqual([2])
  expect(countNotes(dataDir)).toBe(1)
  expect(() => misfitOf(dataDir, { id: 1, columnIndex: 0, columns: 1 })).toThrow(
    storedFile(dataDir, 1, 'csv'),
  )
})
