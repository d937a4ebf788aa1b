import { expect, test } from 'vitest'
import { ColumnCensus } from '../../src/catalogue/census.ts'
import { takeCensus } from '../../src/catalogue/schemas.ts'
import type { Column, ColumnType } from '../../src/schema.ts'
import { opened, putUpload, temporaryDirectory, uploadOf } from '../support/directories.ts'

const column = (name: string, type: ColumnType): Column => ({ name, type })

test('a column that is no number clashes with as many or more uploads that have numbers there', () => {
  const census = new ColumnCensus()
  const text = [column('a', 'int64'), column('x', 'text')]
  expect(census.clashesOf(text)).toEqual([])
  census.add([column('x', 'int64')], 3)
  census.add([column('x', 'double')])
  const clash = { position: 1, column: text[1], int64: 3, double: 1 }
  expect(census.clashesOf(text)).toEqual([clash])
  expect(census.clashesOf([column('x', 'int64'), column('X', 'text')])).toEqual([])
  for (const type of ['text', 'date', 'boolean', 'text'] as const) census.add([column('x', type)])
  expect(census.clashesOf(text)).toEqual([clash])
  census.add(text)
  expect(census.clashesOf(text)).toEqual([])
})

test('names are counted up to a number, and up to a length', () => {
  const many = new ColumnCensus()
  many.add(Array.from({ length: 50_001 }, (_, i) => column(`c${i}`, 'int64')))
  expect(
    many.clashesOf([column('c0', 'text'), column('c49999', 'text'), column('c50000', 'text')]),
  ).toHaveLength(2)
  many.add([column('c0', 'int64')])
  expect(many.clashesOf([column('c0', 'text')])[0]?.int64).toBe(2)

  const long = new ColumnCensus()
  const names = [1, 2, 3].map(i => `${i}${'x'.repeat(900_000)}`)
  long.add(names.map(name => column(name, 'int64')))
  expect(long.clashesOf(names.map(name => column(name, 'text')))).toHaveLength(2)
})

test('a start counts the columns of the uploads that are there', async () => {
  const dataDir = temporaryDirectory()
  opened(dataDir).close()
  const store = opened(dataDir)
  putUpload(dataDir, uploadOf(1, { columns: [column('x', 'int64')] }))
  putUpload(dataDir, uploadOf(2, { columns: [column('x', 'int64')] }))
  putUpload(dataDir, uploadOf(3, { columns: [column('y', 'int64')] }))
  const text = [column('x', 'text')]
  store.close()
  const again = opened(dataDir)
  const { uploads } = await again.catalogue.snapshot()
  expect(takeCensus(dataDir, uploads).census.clashesOf(text)).toEqual([
    { position: 0, column: text[0], int64: 2, double: 0 },
  ])
  const published = uploadOf(4, { columns: text })
  expect(await again.catalogue.publish(published)).toHaveLength(1)
  expect(await again.catalogue.publish(published)).toEqual([])
})

test('the columns that uploads have are told in the order in which they came, with their types', () => {
  const census = new ColumnCensus()
  census.add([column('a', 'text'), column('gone', 'date')], 2)
  census.add([column('b', 'int64'), column('a', 'int64')])
  census.add([column('never', 'int64')], 0)
  const a = {
    name: 'a',
    types: [
      { type: 'int64', uploads: 1 },
      { type: 'text', uploads: 2 },
    ],
  }
  const gone = { name: 'gone', types: [{ type: 'date', uploads: 2 }] }
  const b = { name: 'b', types: [{ type: 'int64', uploads: 1 }] }
  expect(census.named(3, 100)).toEqual({ columns: [a, gone, b], more: 0 })
  expect(census.named(2, 100)).toEqual({ columns: [a, gone], more: 1 })
  expect(census.named(3, 3)).toEqual({ columns: [a], more: 2 })
})

test('names that are not counted are at least one more', () => {
  const census = new ColumnCensus()
  const names = [1, 2, 3].map(i => `${i}${'x'.repeat(900_000)}`)
  census.add(names.map(name => column(name, 'int64')))
  const { columns, more } = census.named(1000, 10_000_000)
  expect(columns.map(({ name }) => name)).toEqual(names.slice(0, 2))
  expect(more).toBe(1)
})
