import { expect, test } from 'vitest'
import { listedUpload, UploadList } from '../../src/catalogue/uploadList.ts'
import { columnStatsOf, descriptionOf } from '../../src/stats/description.ts'
import { type Extent, emptyPartial } from '../../src/stats/partial.ts'
import { uploadOf } from '../support/directories.ts'

test('a description adds up the uploads, and has of each column what the footers say', () => {
  const list = new UploadList()
  for (const id of [1, 2])
    list.append(listedUpload(uploadOf(id, { csvBytes: 10 * id, parquetBytes: 100 * id })))
  const x: Extent = { rows: 7, nulls: 2, numbers: 5, bounds: { number: { least: -1n, greatest: 0.5 } } }
  const named = {
    columns: [
      {
        name: 'x',
        types: [
          { type: 'int64', uploads: 3 },
          { type: 'double', uploads: 1 },
        ],
      },
      { name: 'none', types: [{ type: 'text', uploads: 1 }] },
    ],
    more: 4,
  } satisfies Parameters<typeof descriptionOf>[1]
  expect(descriptionOf(list.snapshot(), named, { rows: 9, columns: new Map([['x', x]]) })).toEqual({
    uploads: 2,
    rows: 9,
    csvBytes: 30,
    parquetBytes: 300,
    columns: [
      { name: 'x', types: named.columns[0]?.types, uploads: 4, rows: 7, nulls: 2, min: '-1', max: '0.5' },
      { name: 'none', types: named.columns[1]?.types, uploads: 1, rows: 0, nulls: 0, min: '', max: '' },
    ],
    moreColumns: 4,
  })
})

test('statistics of a column have its name and its types', () => {
  const types = [{ type: 'int64', uploads: 2 }] as const
  const partial = { ...emptyPartial(), rows: 3, nulls: 1, numbers: 2, integers: 5n }
  partial.bounds = { number: { least: 2n, greatest: 3n } }
  expect(columnStatsOf('x', types, partial)).toEqual({
    name: 'x',
    types,
    rows: 3,
    nulls: 1,
    sum: '5',
    mean: '2.5',
    min: '2',
    max: '3',
  })
})
