import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { change, closeDatabase } from '../../src/catalogue/connection.ts'
import {
  findUpload,
  findUploadId,
  insertUpload,
  listUnsynced,
  listUploads,
  readChecksums,
} from '../../src/catalogue/database.ts'
import { eachListed } from '../../src/catalogue/listedRows.ts'
import { translatedSqliteError } from '../../src/catalogue/sqlite.ts'
import { listedUpload } from '../../src/catalogue/uploadList.ts'
import { openStore } from '../../src/directory/store.ts'
import { catalogueFile } from '../../src/paths.ts'
import { emptyCatalogue, noChecksums, temporaryDirectory, thrown, uploadOf } from '../support/directories.ts'

test('an upload reads back as it was inserted, by another connection too', () => {
  const dataDir = emptyCatalogue()
  const upload = uploadOf(7, { rows: 0, csvBytes: 5_000_000_000 })
  insertUpload(dataDir, upload, noChecksums)
  expect(findUpload(dataDir, 7)).toEqual(upload)
  expect(findUpload(dataDir, 8)).toBeUndefined()
  expect(thrown(() => readChecksums(dataDir, 8))).toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('the row of upload 8 '),
  })
  closeDatabase(dataDir)
  expect(listUploads(dataDir)).toEqual([upload])
})

test('an upload keeps its name, whatever characters it has, and a list reads past it', () => {
  const dataDir = emptyCatalogue()
  const named = ['größe; [1,2].csv', "'); --", '[', 'x'.repeat(1024)].map((name, i) =>
    uploadOf(i + 1, { name }),
  )
  for (const upload of named) insertUpload(dataDir, upload, noChecksums)
  insertUpload(dataDir, uploadOf(9, { csvCuts: [4, 5] }), noChecksums)
  expect(listUploads(dataDir)).toEqual([...named, uploadOf(9, { csvCuts: [4, 5] })])
  expect([...eachListed(dataDir)]).toEqual(listUploads(dataDir).map(listedUpload))
})

test('uploads are listed by ascending id and share the columns of their schema', () => {
  const dataDir = emptyCatalogue()
  for (const id of [3, 1, 2]) insertUpload(dataDir, uploadOf(id), noChecksums)
  const uploads = listUploads(dataDir)
  expect(uploads.map(upload => upload.id)).toEqual([1, 2, 3])
  expect(uploads[2].columns).toBe(uploads[0].columns)
})

test('an id is inserted once', () => {
  const dataDir = emptyCatalogue()
  insertUpload(dataDir, uploadOf(1), noChecksums)
  expect(() => insertUpload(dataDir, uploadOf(1, { rows: 2 }), noChecksums)).toThrow('UNIQUE')
  expect(listUploads(dataDir)).toEqual([uploadOf(1)])
})

test('an insert that fails half way leaves nothing, and the next one works', () => {
  const dataDir = emptyCatalogue()
  const contents = { csv: new Uint8Array(1), parquet: new Uint8Array(1) }
  const noBytes = { ...contents, parquet: 'text' as unknown as Uint8Array }
  // The row is inserted, and then what the files hold is refused.
  expect(() => insertUpload(dataDir, uploadOf(1), noChecksums, noBytes)).toThrow('cannot store TEXT')
  expect(listUploads(dataDir)).toEqual([])
  insertUpload(dataDir, uploadOf(1), noChecksums, contents)
  closeDatabase(dataDir)
  expect(listUploads(dataDir)).toEqual([uploadOf(1)])
})

test('readers and the one writer do not wait for each other: the table is in WAL mode', () => {
  const dataDir = emptyCatalogue()
  insertUpload(dataDir, uploadOf(1), noChecksums)
  using database = new DatabaseSync(catalogueFile(dataDir))
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
})

test('eight threads insert at once', async () => {
  const dataDir = emptyCatalogue()
  const each = 25
  const workers = Array.from({ length: 8 }, (_, n) => {
    const workerData = { dataDir, firstId: n * each + 1, count: each }
    return new Worker(new URL('./inserting-thread.ts', import.meta.url), { workerData })
  })
  const codes = await Promise.all(workers.map(async worker => (await once(worker, 'exit'))[0]))
  expect(codes).toEqual(Array(8).fill(0))
  expect(listUploads(dataDir)).toEqual(Array.from({ length: 8 * each }, (_, n) => uploadOf(n + 1)))
})

test.each([
  [1, 'an older', 'upload its files again'],
  [5, 'a newer', 'update the program'],
])('a catalogue of schema %i is refused and left as it is', (version, age, remedy) => {
  const dataDir = temporaryDirectory()
  using database = new DatabaseSync(catalogueFile(dataDir))
  database.exec(`PRAGMA user_version = ${version}`)
  const error = thrown(() => openStore(dataDir))
  expect(error.code).toBe('unusable')
  expect(error.message).toBe(
    `${catalogueFile(dataDir)} was written by ${age} version of this program (schema ${version}, this one knows 2 to 4): ${remedy}, or choose another data directory`,
  )
  expect(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()).toEqual({ tables: 0 })
})

test('a second upload with the same upload-id is not inserted, and neither is what its files hold', () => {
  const dataDir = emptyCatalogue()
  const uploadId = new Uint8Array(16).fill(7)
  const contents = { csv: new Uint8Array(1), parquet: new Uint8Array(1) }
  const insert = (id: number, more = {}) =>
    insertUpload(dataDir, uploadOf(id), { ...noChecksums, ...more }, contents) !== undefined
  expect(insert(1, { uploadId })).toBe(true)
  expect(insert(2, { uploadId })).toBe(false)
  expect([insert(3), insert(4)]).toEqual([true, true]) // without an id, each counts
  expect(insert(5, { uploadId: new Uint8Array(16) })).toBe(true)
  expect(listUploads(dataDir).map(({ id }) => id)).toEqual([1, 3, 4, 5])
  expect(listUnsynced(dataDir)).toEqual([1, 3, 4, 5])
  expect(findUploadId(dataDir, uploadId)?.upload).toEqual(uploadOf(1))
  expect(findUploadId(dataDir, new Uint8Array(16).fill(8))).toBeUndefined()
})

test.each(['rows = rows + 1', "name = 'other.csv'", 'name = NULL'])(
  'a row that is not what was written (%s) is damaged, whichever way it is found',
  assignment => {
    const dataDir = emptyCatalogue()
    const uploadId = new Uint8Array(16).fill(7)
    insertUpload(dataDir, uploadOf(1), noChecksums)
    insertUpload(dataDir, uploadOf(2, { name: 'x.csv' }), { ...noChecksums, uploadId })
    change(dataDir, 0, ({ database }) => database.exec(`UPDATE uploads SET ${assignment} WHERE id = 2`))
    const damaged = { code: 'damaged', message: expect.stringContaining('upload 2') }
    for (const find of [
      () => findUpload(dataDir, 2),
      () => findUploadId(dataDir, uploadId),
      () => readChecksums(dataDir, 2),
      () => listUploads(dataDir),
      () => [...eachListed(dataDir)],
    ])
      expect(thrown(find)).toMatchObject(damaged)
    expect(findUpload(dataDir, 1)).toEqual(uploadOf(1))
    expect(readChecksums(dataDir, 1)).toEqual(noChecksums.checksums)
  },
)

test('a file that is no database is damaged', () => {
  const dataDir = temporaryDirectory()
  writeFileSync(catalogueFile(dataDir), 'x'.repeat(5000))
  const error = thrown(() => listUploads(dataDir))
  expect(error.code).toBe('damaged')
  expect(error.message).toContain(
    `${catalogueFile(dataDir)} is not a readable catalogue (file is not a database)`,
  )
})

test('a full disk is told from other failures', () => {
  using database = new DatabaseSync(':memory:')
  database.exec('PRAGMA max_page_count = 2; CREATE TABLE t (x)')
  const full = thrown(() => database.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(10_000)))
  expect(translatedSqliteError(full, '/data/catalogue.db')).toMatchObject({
    code: 'disk-full',
    message: 'no space left on the disk to write /data/catalogue.db',
    cause: full,
  })
  const other = thrown(() => database.exec('SELECT nothing'))
  expect(translatedSqliteError(other, '/data/catalogue.db')).toBe(other)
})
