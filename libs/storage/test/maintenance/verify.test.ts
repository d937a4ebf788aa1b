import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { change, closeDatabase } from '../../src/catalogue/connection.ts'
import { listUploads, updateParquet } from '../../src/catalogue/database.ts'
import { notedTexts } from '../../src/catalogue/notes.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import type { Upload } from '../../src/catalogue/upload.ts'
import { removeFiles, removeRow } from '../../src/directory/removal.ts'
import { openStore } from '../../src/directory/store.ts'
import { observeFileOperations } from '../../src/files.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import { syncUnsynced } from '../../src/ingest/smallUploads.ts'
import { defaultStorageLimits, limits, setStorageLimits } from '../../src/limits.ts'
import { beginRepair, restoreParquet } from '../../src/maintenance/repair.ts'
import { readUploads, verifyUpload } from '../../src/maintenance/verify.ts'
import { catalogueFile, type Format, formats, storedFile } from '../../src/paths.ts'
import type { Column } from '../../src/schema.ts'
import { sumCsvColumn } from '../../src/sum/csv.ts'
import { sumParquetColumn } from '../../src/sum/parquet.ts'
import { opened, operationsOf, receive, temporaryDirectory, thrown } from '../support/directories.ts'
import { unpackFixture } from '../support/fixture.ts'

const small = 'x,name\r\n1,"a, b"\r\n2,\r\n'
const large = `x,name\n${'12345,"a, b"\n'.repeat(500_000)}`

/** Makes a closed data directory with these uploads, all on the disk. */
async function stored(...csvs: string[]): Promise<string> {
  const dataDir = temporaryDirectory()
  const store = opened(dataDir)
  for (const csv of csvs) commitUpload(dataDir, await receive(store, csv), '2026-01-02T03:04:05.678Z')
  syncUnsynced(dataDir)
  store.close()
  return dataDir
}

function damagesOf(dataDir: string): string[] {
  return readUploads(dataDir).flatMap(upload => damagesIn(dataDir, upload))
}

function damagesIn(dataDir: string, upload: Upload): string[] {
  const check = verifyUpload(dataDir, upload)
  for (;;) {
    const { done, value } = check.next()
    if (done) return value.map(({ upload: { id }, format, problem }) => `${id} ${format}: ${problem}`)
  }
}

function contentsOf(dataDir: string): Record<string, Buffer> {
  const paths = listUploads(dataDir).flatMap(({ id }) =>
    formats.map(format => storedFile(dataDir, id, format)),
  )
  return Object.fromEntries(paths.map(path => [path, readFileSync(path)]))
}

test('whole files have no damage, and nothing is changed, whether a server runs or not', async () => {
  const dataDir = await stored(small, large, 'x\n')
  const written: string[] = []
  observeFileOperations(({ kind, path }) => {
    if (!['open', 'read', 'size'].includes(kind)) written.push(`${kind} ${path}`)
  })
  expect(damagesOf(dataDir)).toEqual([])
  expect(written).toEqual([])
  observeFileOperations(undefined)
  opened(dataDir)
  expect(damagesOf(dataDir)).toEqual([])
})

test('an upload that a server deletes meanwhile has no damage', async () => {
  const dataDir = await stored(small, large)
  const [first, second] = readUploads(dataDir) as [Upload, Upload]
  removeRow(dataDir, 1)
  removeFiles(dataDir, [1])
  expect(damagesIn(dataDir, first)).toEqual([])
  rmSync(storedFile(dataDir, 2, 'csv'))
  expect(damagesIn(dataDir, second)).toHaveLength(1)
})

test('verify says how much it has read', async () => {
  const dataDir = await stored(small, large)
  for (const upload of readUploads(dataDir)) {
    const bytes = [...verifyUpload(dataDir, upload)]
    expect(bytes.reduce((sum, count) => sum + count)).toBe(upload.csvBytes + upload.parquetBytes)
  }
})

test.each(['csv', 'parquet'] as const)('any byte of a %s file that is another is found', async format => {
  const dataDir = await stored(small, large)
  for (const id of [1, 2]) {
    const path = storedFile(dataDir, id, format)
    const bytes = readFileSync(path)
    const change = (at: number, by: number) => {
      writeFileSync(path, bytes.with(at, (bytes[at] as number) ^ by))
      expect(damagesOf(dataDir)).toEqual([`${id} ${format}: ${path} has other bytes than when it was stored`])
    }
    fc.assert(fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), change), {
      numRuns: 30,
    })
    change(0, 1)
    change(bytes.length - 1, 1)
    writeFileSync(path, bytes)
  }
})

test('files that are missing, cut short or no files are named', async () => {
  const dataDir = await stored(small, small, small)
  const path = (id: number, format: Format) => storedFile(dataDir, id, format)
  rmSync(path(1, 'csv'))
  truncateSync(path(1, 'parquet'), 7)
  rmSync(path(3, 'parquet'))
  mkdirSync(path(3, 'parquet'))
  const [{ parquetBytes = 0 } = {}] = listUploads(dataDir)
  const damages = damagesOf(dataDir)
  expect(damages.slice(0, 2)).toEqual([
    `1 csv: ${path(1, 'csv')} is missing`,
    `1 parquet: ${path(1, 'parquet')} has 7 bytes, expected ${parquetBytes}`,
  ])
  expect(damages.slice(2)).toEqual([expect.stringContaining(`3 parquet: ${path(3, 'parquet')} `)])
})

test('files that the next start writes again do not count as damaged', async () => {
  const dataDir = temporaryDirectory()
  const store = opened(dataDir)
  commitUpload(dataDir, await receive(store, small), '2026-01-02T03:04:05.678Z')
  const before = contentsOf(dataDir)
  store.close()
  for (const format of formats) rmSync(storedFile(dataDir, 1, format))
  expect(damagesOf(dataDir)).toEqual([])
  beginRepair(dataDir)()
  expect(contentsOf(dataDir)).toEqual(before)
})

test('a Parquet file is rebuilt from its CSV exactly as it was', async () => {
  const dataDir = await stored(small, large)
  const before = contentsOf(dataDir)
  rmSync(storedFile(dataDir, 1, 'parquet'))
  truncateSync(storedFile(dataDir, 2, 'parquet'), 1000)
  expect(thrown(() => openStore(dataDir)).code).toBe('damaged')
  const end = beginRepair(dataDir)
  for (const upload of listUploads(dataDir)) restoreParquet(dataDir, upload)
  end()
  expect(contentsOf(dataDir)).toEqual(before)
  expect(damagesOf(dataDir)).toEqual([])
  opened(dataDir)
})

test('a Parquet file that another version made gets a row that describes the new one', async () => {
  const dataDir = await stored(large)
  const [upload] = readUploads(dataDir)
  const ofAnother = {
    rows: 1,
    columns: upload?.columns ?? [],
    parquetBytes: 1,
    footerBytes: 1,
    footerCrc: 1,
    rowGroups: 9,
    csvCuts: [],
  }
  const checksums = { csv: new Uint8Array(16), parquet: new Uint8Array(16) }
  updateParquet(dataDir, 1, { ...ofAnother, checksums })
  expect(damagesOf(dataDir)).toHaveLength(1)
  const end = beginRepair(dataDir)
  restoreParquet(dataDir, listUploads(dataDir)[0] ?? upload)
  end()
  expect(readUploads(dataDir)).toEqual([upload])
  expect(damagesOf(dataDir)).toEqual([])
})

test('a repair makes the notes of an upload anew and keeps its name', async () => {
  const dataDir = temporaryDirectory()
  const store = openStore(dataDir)
  commitUpload(dataDir, await receive(store, 'x\n+1\n'), '2026-01-02T03:04:05.678Z', { name: 'x.csv' })
  store.close()
  const [upload] = readUploads(dataDir)
  const notes = () => [...notedTexts(dataDir, findColumn(dataDir, 'x')).integers]
  change(dataDir, 0, ({ database }) => database.exec("UPDATE notes SET line = 7, value = 'n/a'"))
  expect(notes()).toEqual([])
  const end = beginRepair(dataDir)
  restoreParquet(dataDir, upload)
  end()
  expect(notes()).toEqual([1])
  expect(readUploads(dataDir)).toEqual([upload])
  expect(upload.name).toBe('x.csv')
})

test('a repaired upload keeps the names and the types that an earlier release gave its columns', async () => {
  const dataDir = await stored('x,a\n007,1.0\n8,"\n"\n')
  const [upload] = readUploads(dataDir)
  expect(upload?.columns.map(({ type }) => type)).toEqual(['text', 'text'])
  const columns: Column[] = [
    { name: 'x', type: 'int64' },
    { name: '', type: 'text' },
  ]
  const checksums = { csv: new Uint8Array(), parquet: new Uint8Array(16) }
  updateParquet(dataDir, 1, { ...(upload as Upload), columns, checksums })
  const end = beginRepair(dataDir)
  for (const row of listUploads(dataDir)) restoreParquet(dataDir, row)
  end()
  expect(readUploads(dataDir)).toMatchObject([{ columns }])
  expect(damagesOf(dataDir)).toEqual([])
  expect(sumCsvColumn(storedFile(dataDir, 1, 'csv'), 0, 2)).toBe(15n)
  expect(sumParquetColumn(storedFile(dataDir, 1, 'parquet'), 'x')).toBe(15n)
})

test('a damaged row is named', async () => {
  const dataDir = await stored(small, small)
  {
    using database = new DatabaseSync(catalogueFile(dataDir))
    database.exec('UPDATE uploads SET csv_bytes = 7 WHERE id = 2')
  }
  expect(thrown(() => readUploads(dataDir))).toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('the row of upload 2 is not what was written'),
  })
})

test('whichever operation of a repair fails, the next one works', async () => {
  const dataDir = await stored(small)
  const before = contentsOf(dataDir)
  const [upload] = readUploads(dataDir)
  const repair = () => {
    closeDatabase(dataDir)
    const end = beginRepair(dataDir)
    try {
      restoreParquet(dataDir, upload)
    } finally {
      end()
    }
  }
  const operations = operationsOf(repair)
  expect(operations.length).toBeGreaterThan(8)
  for (const [failing, name] of operations.entries()) {
    rmSync(storedFile(dataDir, 1, 'parquet'), { force: true })
    let done = 0
    observeFileOperations(() => {
      if (done++ === failing) throw new Error('failed on purpose')
    })
    expect(thrown(repair).message, name).toBe('failed on purpose')
    observeFileOperations(undefined)
    repair()
    expect(contentsOf(dataDir)).toEqual(before)
    expect(readdirSync(`${dataDir}/incoming`)).toEqual([])
  }
})

test('a new Parquet file is on the disk before it has its name, and its name before the row', async () => {
  const dataDir = await stored(small)
  const [upload] = readUploads(dataDir)
  const end = beginRepair(dataDir)
  const steps = operationsOf(() => restoreParquet(dataDir, upload))
  end()
  const name = '00000001.parquet'
  expect(steps.filter(step => /^(sync|rename|insert) /.test(step))).toEqual([
    `sync ${name}`,
    `rename ${name}`,
    'sync files',
    'insert catalogue.db',
  ])
})

test('a repair runs under the highest limits, and restores the previous limits when it ends or fails', async () => {
  const dataDir = await stored(large)
  const [upload] = readUploads(dataDir)
  const low = {
    columns: 1,
    fieldBytes: 1,
    headerBytes: 1,
    footerBytes: 1,
    keptFreeBytes: Number.MAX_SAFE_INTEGER,
  }
  setStorageLimits(low)
  onTestFinished(() => setStorageLimits(defaultStorageLimits))
  rmSync(storedFile(dataDir, 1, 'parquet'))
  const end = beginRepair(dataDir)
  restoreParquet(dataDir, upload)
  expect(limits).toBe(low)
  rmSync(storedFile(dataDir, 1, 'csv'))
  thrown(() => restoreParquet(dataDir, upload))
  expect(limits).toBe(low)
  end()
})

test('a served directory and a missing directory are not repaired', async () => {
  const dataDir = await stored(small)
  const store = opened(dataDir)
  expect(thrown(() => beginRepair(dataDir)).message).toContain('is served by another process')
  store.close()
  const nothing = temporaryDirectory()
  expect(thrown(() => readUploads(nothing)).message).toBe(
    `${catalogueFile(nothing)} is missing or empty: name the data directory of a server`,
  )
  expect(readdirSync(nothing)).toEqual([])
})

test('a damaged catalogue is named', async () => {
  const dataDir = await stored(...Array.from({ length: 100 }, (_, i) => `x${i}\n1\n`))
  closeDatabase(dataDir)
  const path = catalogueFile(dataDir)
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.fill(0xff, 4096, 8192))
  expect(thrown(() => readUploads(dataDir))).toMatchObject({
    code: 'damaged',
    message: expect.stringContaining(path),
  })
})

test('a directory of an earlier release is not read before a server has brought it up to date', () => {
  const dataDir = unpackFixture('schema2-stopped')
  expect(() => readUploads(dataDir)).toThrow(
    /catalogue\.db has the schema 2, this version works with \d+: start the server on the directory once/,
  )
  closeDatabase(dataDir)
  opened(dataDir, () => {}).close()
  expect(readUploads(dataDir).length).toBeGreaterThan(0)
  closeDatabase(dataDir)
})
