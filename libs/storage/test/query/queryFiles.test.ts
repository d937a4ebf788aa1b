import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { change, connect } from '../../src/catalogue/connection.ts'
import { insertUpload } from '../../src/catalogue/database.ts'
import {
  queryDirectory,
  querySchemaDirectory,
  queryTemporaryDirectory,
  queryUploadFile,
  queryUploadsFile,
  storedFile,
} from '../../src/paths.ts'
import { makeQueryFiles, removeQueryFiles } from '../../src/query/queryFiles.ts'
import type { Column } from '../../src/schema.ts'
import { emptyCatalogue, noChecksums, thrown, uploadOf } from '../support/directories.ts'

const going = new Int32Array(1)
const x: Column[] = [{ name: 'x', type: 'int64' }]
const y: Column[] = [{ name: 'y', type: 'text' }]

function put(dataDir: string, id: number, columns: Column[], name?: string, uploadId?: Buffer): void {
  writeFileSync(storedFile(dataDir, id, 'parquet'), `parquet ${id}`)
  insertUpload(dataDir, uploadOf(id, { columns, name }), { ...noChecksums, uploadId })
}

test('a folder has the files of its uploads by their columns, and a list of the uploads', () => {
  const dataDir = emptyCatalogue()
  put(dataDir, 1, x, 'a "b", c', Buffer.alloc(16, 0xab))
  put(dataDir, 2, y)
  put(dataDir, 3, x)
  put(dataDir, 4, x)
  const schemas = makeQueryFiles(dataDir, 7, Float64Array.of(1, 2, 3, 99), going)
  expect(schemas.map(({ columns }) => columns)).toEqual([x, y])
  const [first, second] = schemas.map(({ schema }) => schema) as [number, number]
  const time = Date.parse('2026-01-02T03:04:05.678Z')
  const names = (schema: number) => readdirSync(querySchemaDirectory(dataDir, 7, schema)).sort()
  expect([names(first), names(second), names(0)]).toEqual([
    [`1-${time}.parquet`, `3-${time}.parquet`],
    [`2-${time}.parquet`],
    [],
  ])
  expect(readFileSync(queryUploadFile(dataDir, 7, first, 3, time), 'utf8')).toBe('parquet 3')
  expect(existsSync(queryTemporaryDirectory(dataDir, 7))).toBe(true)
  const received = '2026-01-02T03:04:05.678Z'
  expect(readFileSync(queryUploadsFile(dataDir, 7), 'utf8').split('\n')).toEqual([
    `1,${'ab'.repeat(16)},"a ""b"", c",${received},1,10,20`,
    `2,,,${received},1,10,20`,
    `3,,,${received},1,10,20`,
    '',
  ])
  removeQueryFiles(dataDir, 7)
  expect(existsSync(queryDirectory(dataDir, 7))).toBe(false)
  expect(existsSync(storedFile(dataDir, 1, 'parquet'))).toBe(true)
})

test('a folder of no uploads has an empty list', () => {
  const dataDir = emptyCatalogue()
  expect(makeQueryFiles(dataDir, 1, new Float64Array(), going)).toEqual([])
  expect(readFileSync(queryUploadsFile(dataDir, 1), 'utf8')).toBe('')
})

test('a folder of many uploads has each of them once', () => {
  const dataDir = emptyCatalogue()
  connect(dataDir).database.exec('PRAGMA synchronous = OFF')
  const ids = Array.from({ length: 1500 }, (_, i) => i + 1)
  for (const id of ids) put(dataDir, id, x, 'n'.repeat(40))
  const [schema] = makeQueryFiles(dataDir, 1, Float64Array.from(ids), going)
  expect(readdirSync(querySchemaDirectory(dataDir, 1, schema?.schema ?? -1))).toHaveLength(ids.length)
  const lines = readFileSync(queryUploadsFile(dataDir, 1), 'utf8').split('\n')
  expect(lines.map(line => line.split(',')[0])).toEqual([...ids.map(String), ''])
})

test('a damaged row is told, and nobody is waited for who is gone', () => {
  const dataDir = emptyCatalogue()
  put(dataDir, 1, x)
  expect(thrown(() => makeQueryFiles(dataDir, 1, Float64Array.of(1), Int32Array.of(1))).code).toBe(
    'cancelled',
  )
  change(dataDir, 0, ({ database }) => database.exec('UPDATE uploads SET rows = 2'))
  expect(thrown(() => makeQueryFiles(dataDir, 2, Float64Array.of(1), going)).code).toBe('damaged')
  expect(existsSync(join(queryDirectory(dataDir, 2), 'files'))).toBe(true)
})
