import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { change, connect } from '../../src/catalogue/connection.ts'
import { insertUpload, listUnsynced } from '../../src/catalogue/database.ts'
import { Checksum } from '../../src/checksum.ts'
import { restoreUnsynced, syncUnsynced } from '../../src/ingest/smallUploads.ts'
import { incomingDirectory, storedFile } from '../../src/paths.ts'
import { emptyCatalogue, operationsOf, uploadOf } from '../support/directories.ts'

function checksumOf(bytes: Uint8Array): Uint8Array {
  const checksum = new Checksum()
  checksum.update(bytes)
  return checksum.digest()
}

/** Puts a small upload into the catalogue, with the contents of its files, and writes the files. */
function put(dataDir: string, id: number): void {
  const contents = { csv: Buffer.from(`x\n${id}\n`), parquet: Buffer.from(`PAR1${id}`) }
  const checksums = { csv: checksumOf(contents.csv), parquet: checksumOf(contents.parquet) }
  insertUpload(dataDir, uploadOf(id), { checksums }, contents)
  for (const format of ['csv', 'parquet'] as const)
    writeFileSync(storedFile(dataDir, id, format), contents[format])
}

function directory(): string {
  const dataDir = emptyCatalogue()
  mkdirSync(incomingDirectory(dataDir))
  return dataDir
}

const csvOf = (dataDir: string, id: number) => readFileSync(storedFile(dataDir, id, 'csv'), 'utf8')

test('files are synced before the catalogue forgets their contents', () => {
  const dataDir = directory()
  for (const id of [1, 2]) put(dataDir, id)
  const synced: number[] = []
  const operations = operationsOf(() => synced.push(syncUnsynced(dataDir)))
  expect(synced).toEqual([2])
  expect(operations.slice(0, 6)).toEqual([
    'read catalogue.db',
    'sync 00000001.csv',
    'sync 00000001.parquet',
    'sync 00000002.csv',
    'sync 00000002.parquet',
    'sync files',
  ])
  expect(listUnsynced(dataDir)).toEqual([])
  expect(syncUnsynced(dataDir)).toBe(0)
})

test('many files are synced in several steps', () => {
  const dataDir = directory()
  connect(dataDir).database.exec('PRAGMA synchronous = OFF')
  for (let id = 1; id <= 300; id++) put(dataDir, id)
  const first = syncUnsynced(dataDir)
  expect(first).toBeLessThan(300)
  expect([syncUnsynced(dataDir), syncUnsynced(dataDir)]).toEqual([300 - first, 0])
})

test('a start writes what a crash took or spoiled: in place if there is room, else beside', () => {
  const dataDir = directory()
  for (const id of [1, 2, 3]) put(dataDir, id)
  const [spoiled, short] = [storedFile(dataDir, 1, 'csv'), storedFile(dataDir, 2, 'csv')]
  writeFileSync(spoiled, '\0\0\0\0')
  writeFileSync(short, 'x')
  rmSync(storedFile(dataDir, 3, 'csv'))
  const { ino } = statSync(spoiled)
  const operations = operationsOf(() => expect(restoreUnsynced(dataDir)).toEqual([1, 2, 3]))
  expect([1, 2, 3].map(id => csvOf(dataDir, id))).toEqual(['x\n1\n', 'x\n2\n', 'x\n3\n'])
  expect(statSync(spoiled).ino).toBe(ino)
  expect(operations.filter(what => /^(create|rename)/.test(what))).toEqual([
    'create 00000002.csv',
    'rename 00000002.csv',
    'create 00000003.csv',
    'rename 00000003.csv',
  ])
  expect(listUnsynced(dataDir)).toEqual([1, 2, 3])
})

test('contents that are damaged in the catalogue do not get into the files', () => {
  const dataDir = directory()
  put(dataDir, 1)
  change(dataDir, 0, ({ database }) =>
    database.exec("UPDATE unsynced SET csv = CAST('x' || char(10) || '9' || char(10) AS BLOB)"),
  )
  expect(restoreUnsynced(dataDir)).toEqual([1])
  expect(csvOf(dataDir, 1)).toBe('x\n1\n')
  rmSync(storedFile(dataDir, 1, 'csv'))
  restoreUnsynced(dataDir)
  expect(existsSync(storedFile(dataDir, 1, 'csv'))).toBe(false)
})
