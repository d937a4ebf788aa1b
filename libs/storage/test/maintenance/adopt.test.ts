import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { notedTexts } from '../../src/catalogue/notes.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import { openStore, type Store } from '../../src/directory/store.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import { adoptUploads } from '../../src/maintenance/adopt.ts'
import { readUploads, verifyUpload } from '../../src/maintenance/verify.ts'
import {
  catalogueFile,
  catalogueLog,
  formats,
  generationFile,
  incomingDirectory,
  lostFile,
  storedFile,
} from '../../src/paths.ts'
import {
  listedIds,
  opened,
  receive,
  storedNames,
  temporaryDirectory,
  thrown,
} from '../support/directories.ts'

const receivedAt = '2026-01-02T03:04:05.678Z'
const csvs = ['x,name\n1,a\n', `x,name\n${'2,"b, c"\n'.repeat(20_000)}`, 'y\n3\n']

/** Makes a closed directory with three uploads. */
async function stored(): Promise<string> {
  const dataDir = temporaryDirectory()
  const store = openStore(dataDir)
  for (const csv of csvs) commitUpload(dataDir, await receive(store, csv), receivedAt)
  store.close()
  return dataDir
}

/** The uploads whose column `x` is known to be text of integers. */
function notesOf(dataDir: string): number[] {
  return [...notedTexts(dataDir, findColumn(dataDir, 'x')).integers]
}

function expectWhole(store: Store): void {
  const uploads = readUploads(store.dataDir)
  expect(uploads.map(({ id }) => readFileSync(storedFile(store.dataDir, id, 'csv'), 'utf8'))).toEqual(csvs)
  for (const upload of uploads) {
    const check = verifyUpload(store.dataDir, upload)
    for (let step = check.next(); ; step = check.next())
      if (step.done) {
        expect(step.value).toEqual([])
        break
      }
  }
}

test.each([
  ['missing', (path: string) => rmSync(path)],
  ['empty', (path: string) => writeFileSync(path, '')],
])('with a catalogue that is %s every upload is adopted under its number', async (_, damage) => {
  const dataDir = await stored()
  damage(catalogueFile(dataDir))
  expect(thrown(() => openStore(dataDir)).code).toBe('damaged')
  expect([...adoptUploads(dataDir)]).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
  const store = opened(dataDir)
  expect(await listedIds(store)).toEqual([1, 2, 3])
  expectWhole(store)
  expect([...readUploads(dataDir).map(({ rows, columns }) => [rows, columns.length])]).toEqual([
    [1, 2],
    [20_000, 2],
    [1, 1],
  ])
})

test('an upload that is adopted has notes of its columns again, and no name', async () => {
  const dataDir = temporaryDirectory()
  const store = openStore(dataDir)
  commitUpload(dataDir, await receive(store, 'x\n+1\n'), receivedAt, { name: 'x.csv' })
  expect(notesOf(dataDir)).toEqual([1])
  store.close()
  rmSync(catalogueFile(dataDir))
  expect([...adoptUploads(dataDir)]).toEqual([{ id: 1 }])
  expect(notesOf(dataDir)).toEqual([1])
  expect(readUploads(dataDir)).toEqual([expect.objectContaining({ id: 1, name: undefined })])
})

test('a directory with nothing but its files is adopted', async () => {
  const dataDir = await stored()
  for (const path of [catalogueFile(dataDir), generationFile(dataDir), incomingDirectory(dataDir)])
    rmSync(path, { recursive: true })
  expect([...adoptUploads(dataDir)]).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
  expectWhole(opened(dataDir))
})

test('files that a start has moved aside are adopted, and the Parquet file is rebuilt', async () => {
  const dataDir = await stored()
  for (const path of [catalogueFile(dataDir), generationFile(dataDir)]) rmSync(path)
  const [first, second] = [storedFile(dataDir, 1, 'csv'), lostFile(dataDir, 2, 'csv')]
  rmSync(storedFile(dataDir, 3, 'parquet'))
  renameSync(first, `${first}.aside`)
  const empty = openStore(temporaryDirectory())
  empty.close()
  const catalogue = readFileSync(catalogueFile(empty.dataDir))
  writeFileSync(catalogueFile(dataDir), catalogue)
  opened(dataDir, () => {}).close()
  renameSync(`${first}.aside`, first)
  expect(readFileSync(second, 'utf8')).toBe(csvs[1])

  expect([...adoptUploads(dataDir)]).toEqual([{ id: 2 }, { id: 1 }])
  const store = opened(dataDir, () => {})
  expect(await listedIds(store)).toEqual([1, 2])
  for (const format of formats) expect(() => readFileSync(lostFile(dataDir, 2, format))).toThrow('ENOENT')
})

test('an older catalogue is accepted, and files that it does not know are adopted', async () => {
  const dataDir = await stored()
  const older = readFileSync(catalogueFile(dataDir))
  const store = openStore(dataDir)
  const csv = 'z\n9\n'
  commitUpload(dataDir, await receive(store, csv), receivedAt)
  store.close()
  writeFileSync(catalogueFile(dataDir), older)
  expect(thrown(() => openStore(dataDir)).message).toContain('is older')
  expect([...adoptUploads(dataDir)]).toEqual([{ id: 4 }])
  expect(await listedIds(opened(dataDir))).toEqual([1, 2, 3, 4])
})

test.each([
  'UPDATE uploads SET footer_crc = 7 WHERE id = 2',
  "UPDATE schemas SET columns = '[]' WHERE id = 1",
])('damaged rows (%s) are rebuilt', async damage => {
  const dataDir = await stored()
  const database = new DatabaseSync(catalogueFile(dataDir))
  database.exec(damage)
  database.close()
  expect(thrown(() => openStore(dataDir)).message).toContain('is not what was written')
  const adopted = [...adoptUploads(dataDir)].map(({ id }) => id)
  expect(adopted).toContain(2)
  const store = opened(dataDir)
  expect(await listedIds(store)).toEqual([1, 2, 3])
  expectWhole(store)
})

test('a file that is not a CSV stays where it is and is named with the reason; the others are adopted', async () => {
  const dataDir = await stored()
  rmSync(catalogueFile(dataDir))
  writeFileSync(storedFile(dataDir, 2, 'csv'), 'x\n"1\n')
  expect([...adoptUploads(dataDir)]).toEqual([
    { id: 1 },
    { id: 2, problem: expect.stringContaining('line 2, column 1: found a quote that is never closed') },
    { id: 3 },
  ])
  expect(storedNames(dataDir)).toHaveLength(6)
  expect(await listedIds(opened(dataDir, () => {}))).toEqual([1, 3])
})

test('a directory that a server has open is left alone', async () => {
  const store = opened(await stored())
  expect(thrown(() => [...adoptUploads(store.dataDir)])).toMatchObject({ code: 'unusable' })
  expect(readFileSync(catalogueLog(store.dataDir)).length).toBeGreaterThan(0)
})

test('a file that an earlier release has taken and that is refused today is adopted', async () => {
  const dataDir = await stored()
  const csv = 'x,t\n5,a\rb\n'
  writeFileSync(storedFile(dataDir, 2, 'csv'), csv)
  rmSync(catalogueFile(dataDir))
  expect([...adoptUploads(dataDir)]).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }])
  const types = readUploads(dataDir)[1]?.columns.map(({ type }) => type)
  expect(types).toEqual(['int64', 'text'])
})
