import { expect, test } from 'vitest'
import type { EngineGroup } from '../../src/engine/engine.ts'
import { plansOf } from '../../src/engine/reads.ts'

const file = (url: string, columns: string, columnIndex: number, multiLine = false): EngineGroup => ({
  urls: [url],
  columns: columns.split(' ').map(column => {
    const [name = '', type = 'int64'] = column.split(':')
    return { name, type }
  }),
  columnIndex,
  multiLine,
})

const urlsOf = (format: 'csv' | 'parquet', groups: EngineGroup[]) =>
  [...plansOf({ format, column: 'x', groups })].map(reads => reads.map(({ urls }) => urls.join(' ')))

test('CSV files are read together if the column stands at the same place', () => {
  const groups = [
    file('a', 'x y', 0),
    file('b', 'x z:text', 0),
    file('c', 'y x', 1),
    file('d', 'x y z', 0),
    file('e', 'x y', 0, true),
    file('f', 'x q', 0),
  ]
  expect(urlsOf('csv', groups)).toEqual([['a b f', 'c', 'd', 'e']])
})

test('Parquet files are read together unless a column has two types among them', () => {
  const groups = [
    file('a', 'x y', 0),
    file('b', 'y x', 1, true),
    file('c', 'x y:text', 0),
    file('d', 'x z:text', 0),
    file('e', 'x y:date', 0),
    file('f', 'x z', 0),
    file('g', 'x y:text z', 0),
  ]
  expect(urlsOf('parquet', groups)).toEqual([['a b d', 'c f g', 'e']])
})

test('a plan has a limited number of files and of reads, and no file is left out or read twice', () => {
  const urls = Array.from({ length: 25_000 }, (_, i) => `s3://b/${i}`)
  const many = [
    { ...file('', 'x', 0), urls: urls.slice(0, 24_000) },
    { ...file('', 'x y', 0), urls: urls.slice(24_000) },
  ]
  const plans = [...plansOf({ format: 'csv', column: 'x', groups: many })]
  expect(plans.map(reads => reads.map(read => read.urls.length))).toEqual([[10_000], [10_000], [4000, 1000]])
  expect(plans.flat().flatMap(read => read.urls)).toEqual(urls)
  const shapes = Array.from({ length: 130 }, (_, i) =>
    file(
      `${i}`,
      Array(i + 1)
        .fill('x')
        .join(' '),
      0,
    ),
  )
  expect(urlsOf('csv', shapes).map(({ length }) => length)).toEqual([64, 64, 2])
  expect(urlsOf('csv', [])).toEqual([])
})
