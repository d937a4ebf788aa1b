import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { closeDatabase } from '../../src/catalogue/connection.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import { listedUpload } from '../../src/catalogue/uploadList.ts'
import { removeFiles, removeRow, removeUploads } from '../../src/directory/removal.ts'
import { openStore } from '../../src/directory/store.ts'
import { observeFileOperations } from '../../src/files.ts'
import {
  catalogueFile,
  filesDirectory,
  formats,
  incomingDirectory,
  incomingFile,
  lostDirectory,
  lostFile,
  queriesDirectory,
  queryTemporaryDirectory,
  storedFile,
} from '../../src/paths.ts'
import type { Column } from '../../src/schema.ts'
import {
  incomingNames,
  listed,
  listedIds,
  opened,
  putUpload,
  storedNames,
  temporaryDirectory,
  thrown,
  uploadOf,
} from '../support/directories.ts'

/** Makes a closed data directory with uploads 1 to `count`. */
function stored(count: number): string {
  const dataDir = temporaryDirectory()
  openStore(dataDir).close()
  for (let id = 1; id <= count; id++) putUpload(dataDir, uploadOf(id))
  closeDatabase(dataDir)
  return dataDir
}

test('committed uploads are there again, and new ids follow them', async () => {
  const store = opened(stored(3))
  expect(await listed(store)).toEqual([1, 2, 3].map(id => listedUpload(uploadOf(id))))
  expect(await store.catalogue.reserve()).toBe(4)
})

test('single files without a row and everything in incoming are removed, and names that are not ours are left alone', async () => {
  const dataDir = stored(1)
  writeFileSync(storedFile(dataDir, 2, 'csv'), 'x')
  writeFileSync(storedFile(dataDir, 3, 'parquet'), 'x')
  for (const format of formats) writeFileSync(incomingFile(dataDir, 4, format), 'x')
  writeFileSync(join(filesDirectory(dataDir), 'README'), 'x')
  mkdirSync(join(incomingDirectory(dataDir), 'lost+found'))
  const said: string[] = []
  const store = opened(dataDir, line => said.push(line))
  expect(storedNames(dataDir)).toEqual(['00000001.csv', '00000001.parquet', 'README'])
  expect(incomingNames(dataDir)).toEqual(['lost+found'])
  expect(existsSync(lostDirectory(dataDir))).toBe(false)
  expect(said).toEqual([])
  // Files that are gone had their number too.
  expect(await store.catalogue.reserve()).toBe(4)
})

test('what queries left behind is removed, and what else is in their folder is left alone', () => {
  const dataDir = stored(1)
  const left = () => {
    mkdirSync(queryTemporaryDirectory(dataDir, 1), { recursive: true })
    writeFileSync(join(queryTemporaryDirectory(dataDir, 1), 'spilled'), 'x')
  }
  left()
  openStore(dataDir).close()
  expect(readdirSync(dataDir)).not.toContain('query')
  left()
  writeFileSync(join(queriesDirectory(dataDir), 'sales.sql'), 'x')
  openStore(dataDir).close()
  expect(readdirSync(queriesDirectory(dataDir))).toEqual(['sales.sql'])
})

test('pairs of files without a row are never removed: they are moved, and the start says so', async () => {
  const dataDir = stored(1)
  for (const id of [7, 9])
    for (const format of formats) writeFileSync(storedFile(dataDir, id, format), `${id} ${format}`)
  const said: string[] = []
  const store = opened(dataDir, line => said.push(line))
  expect(storedNames(dataDir)).toEqual(['00000001.csv', '00000001.parquet'])
  expect(readdirSync(lostDirectory(dataDir)).sort()).toEqual([
    '00000007.csv',
    '00000007.parquet',
    '00000009.csv',
    '00000009.parquet',
  ])
  expect(readFileSync(lostFile(dataDir, 9, 'csv'), 'utf8')).toBe('9 csv')
  expect(said).toEqual([expect.stringContaining('no row for the files of upload(s) 7, 9,')])
  expect(said[0]).toContain(`table-cli adopt --data-dir ${dataDir}`)
  expect(await store.catalogue.reserve()).toBe(10)
  store.close()
  const silent: string[] = []
  expect(await opened(dataDir, line => silent.push(line)).catalogue.reserve()).toBe(10)
  expect(silent).toEqual([])
})

test.each([0, 1, 2, 3, 4, 5, 6, 7])('a start that dies at step %i of a move to lost loses no file', step => {
  const dataDir = stored(0)
  for (const format of formats) writeFileSync(storedFile(dataDir, 5, format), format)
  let done = 0
  observeFileOperations(({ kind }) => {
    if (['link', 'rename', 'remove', 'sync', 'mkdir'].includes(kind) && done++ >= step)
      throw new Error('dead')
  })
  try {
    openStore(dataDir, () => {})
  } catch {}
  observeFileOperations(undefined)
  closeDatabase(dataDir)
  opened(dataDir, () => {})
  expect(formats.map(format => readFileSync(lostFile(dataDir, 5, format), 'utf8'))).toEqual([...formats])
  expect(storedNames(dataDir)).toEqual([])
})

test('no file is lost if the log is lost after a kill', async () => {
  const dataDir = temporaryDirectory()
  const killed = openStore(dataDir)
  for (const id of [1, 2, 3]) putUpload(dataDir, uploadOf(id))
  const copies = [['catalogue.db', 'generation'], ['catalogue.db']].map(names => copyOf(dataDir, names))
  killed.close()
  expect(thrown(() => openStore(copies[0])).message).toContain('is older than the uploads beside it')
  expect(storedNames(copies[0])).toHaveLength(6)

  const store = opened(copies[1], () => {})
  expect(await listedIds(store)).toEqual([])
  expect(readdirSync(lostDirectory(copies[1]))).toHaveLength(6)
  expect(await store.catalogue.reserve()).toBe(4)
})

/** Copies a directory as a copying program would find it, with only the named files of the catalogue. */
function copyOf(dataDir: string, names: string[]): string {
  const copy = temporaryDirectory()
  for (const name of names) copyFileSync(join(dataDir, name), join(copy, name))
  mkdirSync(filesDirectory(copy))
  for (const name of storedNames(dataDir))
    copyFileSync(join(filesDirectory(dataDir), name), join(filesDirectory(copy), name))
  return copy
}

test('a catalogue that is older than the directory is refused, and nothing is moved', async () => {
  const dataDir = stored(2)
  const copy = copyOf(dataDir, ['catalogue.db', 'generation'])
  const store = opened(dataDir)
  for (const id of [3, 4]) putUpload(dataDir, uploadOf(id))
  store.close()
  copyFileSync(catalogueFile(copy), catalogueFile(dataDir))
  const error = thrown(() => openStore(dataDir))
  expect(error.code).toBe('damaged')
  expect(error.message).toContain(
    `${catalogueFile(dataDir)} is older than the uploads beside it (generation 2, expected 4)`,
  )
  expect(storedNames(dataDir)).toHaveLength(8)
})

test('an empty catalogue in place of the right one is refused, also where there are no files', () => {
  const dataDir = stored(0)
  rmSync(catalogueFile(dataDir))
  expect(thrown(() => openStore(dataDir)).message).toContain(
    'is missing or empty, but the directory was served before',
  )
  using database = new DatabaseSync(catalogueFile(dataDir))
  database.exec('CREATE TABLE t (x)')
  expect(thrown(() => openStore(dataDir)).message).toContain('is missing or empty')
})

test('missing files stop the start, which says which, and removes nothing', () => {
  const dataDir = stored(3)
  rmSync(storedFile(dataDir, 1, 'csv'))
  rmSync(storedFile(dataDir, 3, 'parquet'))
  writeFileSync(storedFile(dataDir, 9, 'csv'), 'without a row')
  const error = thrown(() => openStore(dataDir))
  expect(error.code).toBe('damaged')
  expect(error.message.split('\n')).toEqual([
    `2 files of the catalogue are missing in ${dataDir}:`,
    `  upload 1 of 2026-01-02T03:04:05.678Z: ${storedFile(dataDir, 1, 'csv')}`,
    `  upload 3 of 2026-01-02T03:04:05.678Z: ${storedFile(dataDir, 3, 'parquet')}`,
    `\`table-cli repair --data-dir ${dataDir}\` makes Parquet files from their CSVs. Restore a CSV from a backup, or give its upload up: \`table-cli rm ID --data-dir ${dataDir}\``,
  ])
  expect(storedNames(dataDir)).toHaveLength(5)
})

test('an upload that is removed is gone with its files, and its number does not come back', async () => {
  const dataDir = stored(3)
  removeUploads(dataDir, [1, 3])
  closeDatabase(dataDir)
  const store = opened(dataDir)
  expect(await listedIds(store)).toEqual([2])
  expect(storedNames(dataDir)).toEqual(['00000002.csv', '00000002.parquet'])
  expect(await store.catalogue.reserve()).toBe(4)
})

test('if an upload does not exist, nothing is removed', async () => {
  const dataDir = stored(2)
  expect(thrown(() => removeUploads(dataDir, [1, 7])).message).toBe(
    'there is no upload 7: nothing was removed',
  )
  closeDatabase(dataDir)
  expect(await listedIds(opened(dataDir))).toEqual([1, 2])
})

test.each([0, 1, 2, 3])('a removal that dies after %i steps is finished by the next start', async steps => {
  const dataDir = stored(2)
  let done = 0
  observeFileOperations(({ kind }) => {
    if (['remove', 'sync'].includes(kind) && done++ >= steps) throw new Error('dead')
  })
  try {
    removeUploads(dataDir, [1])
  } catch {}
  observeFileOperations(undefined)
  closeDatabase(dataDir)
  expect(await listedIds(opened(dataDir))).toEqual([2])
  expect(storedNames(dataDir)).toEqual(['00000002.csv', '00000002.parquet'])
  expect(existsSync(lostDirectory(dataDir))).toBe(false)
})

test('an upload whose row is deleted keeps its files until they are removed, at the latest by the next start', async () => {
  const dataDir = stored(3)
  expect([removeRow(dataDir, 1), removeRow(dataDir, 1), removeRow(dataDir, 2)]).toEqual([true, false, true])
  expect(storedNames(dataDir)).toHaveLength(6)
  removeFiles(dataDir, [2])
  expect(storedNames(dataDir)).toEqual(['00000001', '00000003'].flatMap(id => [`${id}.csv`, `${id}.parquet`]))
  closeDatabase(dataDir)
  const store = opened(dataDir)
  expect(await listedIds(store)).toEqual([3])
  expect(storedNames(dataDir)).toEqual(['00000003.csv', '00000003.parquet'])
  expect(await store.catalogue.reserve()).toBe(4)
})

test('a start drops the lists of columns that no upload has any more', () => {
  const dataDir = stored(1)
  const columns: Column[] = [{ name: 'other', type: 'int64' }]
  putUpload(dataDir, uploadOf(2, { columns }))
  removeRow(dataDir, 2)
  expect(findColumn(dataDir, 'other').schemas).toHaveLength(1)
  closeDatabase(dataDir)
  opened(dataDir)
  expect(findColumn(dataDir, 'other').schemas).toHaveLength(0)
  expect(findColumn(dataDir, 'x').schemas).toHaveLength(1)
})

test('the start notices a flipped bit in a row and names the upload', () => {
  const dataDir = stored(8)
  for (const [column, value] of [
    ['csv_bytes', 11],
    ['footer_crc', 5],
    ['csv_cuts', "'[4]'"],
    ['upload_id', "x'00'"],
    ['received_at', "'2027-01-02T03:04:05.678Z'"],
  ]) {
    const file = new DatabaseSync(catalogueFile(dataDir))
    file.exec(`UPDATE uploads SET ${column} = ${value} WHERE id = 5`)
    file.close()
    expect(thrown(() => openStore(dataDir)).message).toContain('the row of upload 5 is not what was written')
  }
  expect(storedNames(dataDir)).toHaveLength(16)
})

test('the message about many damaged files is short', () => {
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
  expect(await listedIds(opened(dataDir))).toEqual([1])
})

test('a lost catalogue is not mistaken for a new one: no file is removed', () => {
  const dataDir = stored(2)
  rmSync(catalogueFile(dataDir))
  for (const _ of ['first', 'second']) {
    const error = thrown(() => openStore(dataDir))
    expect(error.code).toBe('damaged')
    expect(error.message).toBe(
      `${catalogueFile(dataDir)} is missing or empty, but the directory was served before and has 4 files in ${filesDirectory(dataDir)}: restore the catalogue from a backup, or run \`table-cli adopt --data-dir ${dataDir}\`, which rebuilds the rows from the files`,
    )
    expect(existsSync(catalogueFile(dataDir))).toBe(false)
    expect(storedNames(dataDir)).toHaveLength(4)
  }
})

test('a start opens no file of an upload: the names are enough', () => {
  const dataDir = stored(4)
  const touched: string[] = []
  observeFileOperations(({ kind, path }) => {
    if (path.startsWith(filesDirectory(dataDir))) touched.push(`${kind} ${basename(path)}`)
  })
  opened(dataDir)
  // The start checks that the folder exists and is writable, and lists its names.
  expect(touched).toEqual(['size files', 'access files', 'list files'])
})

test('a start on a full disk leaves deletions and files without a row to the next start', async () => {
  const dataDir = stored(3)
  removeRow(dataDir, 2)
  closeDatabase(dataDir)
  for (const format of formats) writeFileSync(storedFile(dataDir, 4, format), 'x')
  observeFileOperations(({ kind }) => {
    if (['create', 'insert', 'link', 'mkdir'].includes(kind))
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  })
  const lines: string[] = []
  try {
    const store = opened(dataDir, line => void lines.push(line))
    expect(await listedIds(store)).toEqual([1, 3])
    expect(await store.catalogue.reserve()).toBe(5)
    store.close()
  } finally {
    observeFileOperations(undefined)
  }
  expect(lines).toContainEqual(expect.stringContaining('warning: no space left on the disk'))
  expect(storedNames(dataDir)).toEqual(expect.arrayContaining(['00000004.csv', '00000004.parquet']))
  const again = opened(dataDir, () => {})
  expect(await listedIds(again)).toEqual([1, 3])
  expect(await again.catalogue.reserve()).toBe(5)
  expect(readdirSync(lostDirectory(dataDir)).sort()).toEqual(['00000004.csv', '00000004.parquet'])
  expect(storedNames(dataDir)).toEqual(
    [1, 3].flatMap(id => formats.map(format => basename(storedFile(dataDir, id, format)))),
  )
})
