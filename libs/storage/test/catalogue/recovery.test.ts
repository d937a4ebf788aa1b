import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { closeDatabase } from '../../src/catalogue/database.ts'
import {
  catalogueFile,
  filesDirectory,
  incomingDirectory,
  incomingFile,
  storedFile,
} from '../../src/catalogue/names.ts'
import { openStore } from '../../src/catalogue/store.ts'
import { observeFileOperations } from '../../src/files.ts'
import {
  incomingNames,
  opened,
  putUpload,
  storedNames,
  temporaryDirectory,
  thrown,
  uploadOf,
} from './support.ts'

/** A closed data directory with uploads 1 to `count`. */
function stored(count: number): string {
  const dataDir = temporaryDirectory()
  openStore(dataDir).close()
  for (let id = 1; id <= count; id++) putUpload(dataDir, uploadOf(id))
  closeDatabase(dataDir)
  return dataDir
}

test('committed uploads are there again, and new ids follow them', async () => {
  const { catalogue } = opened(stored(3))
  expect(await catalogue.snapshot()).toEqual([uploadOf(1), uploadOf(2), uploadOf(3)])
  expect(await catalogue.reserve()).toBe(4)
})

test('files without a row and all of incoming are removed, names that are not ours are left alone', async () => {
  const dataDir = stored(1)
  for (const format of ['csv', 'parquet'] as const) {
    writeFileSync(storedFile(dataDir, 2, format), 'x')
    writeFileSync(incomingFile(dataDir, 3, format), 'x')
  }
  writeFileSync(join(filesDirectory(dataDir), 'README'), 'x')
  mkdirSync(join(incomingDirectory(dataDir), 'lost+found'))
  opened(dataDir)
  expect(storedNames(dataDir)).toEqual(['00000001.csv', '00000001.parquet', 'README'])
  expect(incomingNames(dataDir)).toEqual(['lost+found'])
})

test('missing and changed files stop the start, which says which, and removes nothing', () => {
  const dataDir = stored(3)
  rmSync(storedFile(dataDir, 1, 'csv'))
  truncateSync(storedFile(dataDir, 3, 'parquet'), 19)
  writeFileSync(storedFile(dataDir, 9, 'csv'), 'without a row')
  const error = thrown(() => openStore(dataDir))
  expect(error.code).toBe('damaged')
  expect(error.message.split('\n')).toEqual([
    `2 of 6 files in ${dataDir} are not what the catalogue says:`,
    `  upload 1 of 2026-01-02T03:04:05.678Z: ${storedFile(dataDir, 1, 'csv')} is missing, expected 10 bytes`,
    `  upload 3 of 2026-01-02T03:04:05.678Z: ${storedFile(dataDir, 3, 'parquet')} has 19 bytes, expected 20 bytes`,
    `\`table-cli verify --data-dir ${dataDir}\` reads all files, \`table-cli repair\` makes Parquet files from their CSVs. Restore a CSV from a backup, or give its upload up by deleting its row: sqlite3 ${catalogueFile(dataDir)} 'DELETE FROM uploads WHERE id = ...'`,
  ])
  expect(storedNames(dataDir)).toHaveLength(6)
})

test('many damaged files make no endless message', () => {
  const dataDir = stored(10)
  for (let id = 1; id <= 10; id++) rmSync(storedFile(dataDir, id, 'csv'))
  const lines = thrown(() => openStore(dataDir)).message.split('\n')
  expect(lines).toHaveLength(8)
  expect(lines[6]).toBe('  and 5 more')
})

test('a directory that was refused is served once it is repaired', async () => {
  const dataDir = stored(1)
  rmSync(storedFile(dataDir, 1, 'csv'))
  thrown(() => openStore(dataDir))
  writeFileSync(storedFile(dataDir, 1, 'csv'), new Uint8Array(10))
  expect(await opened(dataDir).catalogue.snapshot()).toHaveLength(1)
})

test('a lost catalogue is not taken for a new one: no file is removed', () => {
  const dataDir = stored(2)
  rmSync(catalogueFile(dataDir))
  for (const _ of ['first', 'second']) {
    const error = thrown(() => openStore(dataDir))
    expect(error.code).toBe('damaged')
    expect(error.message).toBe(
      `${catalogueFile(dataDir)} is missing or empty, but there are 4 files in ${filesDirectory(dataDir)}: restore the catalogue from a backup, or move the files away to start anew`,
    )
    expect(existsSync(catalogueFile(dataDir))).toBe(false)
    expect(storedNames(dataDir)).toHaveLength(4)
  }
})

test('recovery looks at each file once', () => {
  const dataDir = stored(4)
  const seen = { list: 0, size: 0, open: 0, remove: 0 }
  observeFileOperations(({ kind, path }) => {
    if (kind in seen && path.startsWith(dataDir)) seen[kind as keyof typeof seen]++
  })
  opened(dataDir)
  // The sizes: three folders, the catalogue, two files for each upload. Opened: the lock and the catalogue.
  expect(seen).toEqual({ list: 2, size: 4 + 8, open: 2, remove: 0 })
})
