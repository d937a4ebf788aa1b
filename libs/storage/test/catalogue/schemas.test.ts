import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import type { Snapshot } from '../../src/catalogue/catalogue.ts'
import { KnownColumns } from '../../src/catalogue/columnPlaces.ts'
import { insertUpload, listUploads } from '../../src/catalogue/database.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import { catalogueFile, catalogueLog } from '../../src/paths.ts'
import type { Column } from '../../src/schema.ts'
import {
  emptyCatalogue,
  noChecksums,
  opened,
  receive,
  temporaryDirectory,
  thrown,
  uploadOf,
} from '../support/directories.ts'

const int64 = (...names: string[]): Column[] => names.map(name => ({ name, type: 'int64' }))

test('each list of columns is stored once, and its uploads refer to it', () => {
  const dataDir = emptyCatalogue()
  const lists = [int64('x'), int64('x', 'y'), int64('x'), int64('y', 'x')]
  const schemas = lists.map(
    (columns, i) => insertUpload(dataDir, uploadOf(i + 1, { columns }), noChecksums)?.schema,
  )
  expect(schemas).toEqual([1, 2, 1, 3])
  expect(listUploads(dataDir).map(({ columns }) => columns)).toEqual(lists)
})

test('a column is found at any position, by its whole name', () => {
  const dataDir = emptyCatalogue()
  const odd = 'x","type":"int64"}'
  const lists: Column[][] = [
    int64('x'),
    int64('a', 'xx', odd),
    [
      { name: 'a', type: 'text' },
      { name: 'x', type: 'double' },
    ],
    int64('größe, "m"', 'type', 'x'),
  ]
  for (const [i, columns] of lists.entries()) insertUpload(dataDir, uploadOf(i + 1, { columns }), noChecksums)
  const places = (name: string) => {
    const { schemas, positions, columns, otherTypes } = findColumn(dataDir, name)
    return [[...schemas], [...positions], [...columns], [...otherTypes]]
  }
  expect(places('x')).toEqual([[1, 3, 4], [0, 1, 2], [1, 2, 3], [[1, 'double']]])
  expect(places(odd)).toEqual([[2], [2], [3], []])
  expect(places('größe, "m"')).toEqual([[4], [0], [3], []])
  expect(places('type')).toEqual([[4], [1], [3], []])
  expect(places('nothing')).toEqual([[], [], [], []])
})

test('all column names together have a limit, and an upload over the limit changes nothing', () => {
  const dataDir = emptyCatalogue()
  insertUpload(dataDir, uploadOf(1, { columns: int64('x') }), noChecksums)
  const database = new DatabaseSync(catalogueFile(dataDir))
  const limit = 256 * 1024 * 1024
  database.exec(`UPDATE schemas SET total_bytes = ${limit - 10}`)
  database.close()
  const error = thrown(() => insertUpload(dataDir, uploadOf(2, { columns: int64('y') }), noChecksums))
  expect(error.code).toBe('too-large')
  expect(error.message).toContain(
    `would take ${limit - 10 + JSON.stringify(int64('y')).length} bytes, at most ${limit}`,
  )
  // Uploads of known columns are still accepted.
  expect(insertUpload(dataDir, uploadOf(3, { columns: int64('x') }), noChecksums)?.schema).toBe(1)
})

test('a column is looked up again only after a new schema', async () => {
  const asked: string[] = []
  const places = findColumn(emptyCatalogue(), 'x')
  const known = new KnownColumns(async name => {
    asked.push(name)
    return places
  })
  const at = (schemas: number) => ({ schemas }) as Snapshot
  for (const [name, schemas] of [
    ['x', 1],
    ['x', 1],
    ['y', 1],
    ['x', 2],
    ['y', 1],
    ['y', 2],
    ['x', 1],
    ['x', 2],
  ] as const)
    expect(await known.find(name, at(schemas))).toBe(places)
  // An answer for an older snapshot is not remembered for a newer one.
  expect(asked).toEqual(['x', 'y', 'x', 'y', 'y'])
})

test('a late answer does not hide a schema that was added meanwhile', async () => {
  const places = findColumn(emptyCatalogue(), 'x')
  const answers: (() => void)[] = []
  const known = new KnownColumns(() => new Promise(resolve => answers.push(() => resolve(places))))
  const late = known.find('x', { schemas: 1 } as Snapshot)
  const next = known.find('y', { schemas: 2 } as Snapshot)
  answers[1]?.()
  await next
  answers[0]?.()
  await late
  void known.find('x', { schemas: 2 } as Snapshot)
  expect(answers).toHaveLength(3)
})

test.each([
  ['the catalogue', catalogueFile],
  ['its log', catalogueLog],
])('after %s is removed or replaced, nothing is stored any more', async (_, fileOf) => {
  const dataDir = temporaryDirectory()
  const store = opened(dataDir, () => {})
  commitUpload(dataDir, await receive(store, 'x\n1\n'), '2026-01-02T03:04:05.678Z')
  rmSync(fileOf(dataDir))
  const id = await receive(store, 'x\n2\n')
  const error = thrown(() => commitUpload(dataDir, id, '2026-01-02T03:04:05.678Z'))
  expect(error.code).toBe('unusable')
  expect(error.message).toContain('was removed or replaced while the server runs')
})
