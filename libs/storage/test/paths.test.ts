import { basename } from 'node:path'
import { expect, test } from 'vitest'
import * as paths from '../src/paths.ts'
import { footerFile, incomingFile, isUncommitted, parseFileName, storedFile } from '../src/paths.ts'

test('everything has the place that docs/on-disk.md says', () => {
  expect([
    paths.lockFile('/data'),
    paths.catalogueFile('/data'),
    paths.catalogueLog('/data'),
    paths.oldCatalogueFile('/data', 3),
    paths.generationFile('/data'),
    paths.migrationFile('/data'),
    paths.backupMark('/data'),
    paths.incomingDirectory('/data'),
    paths.filesDirectory('/data'),
    paths.lostFile('/data', 12, 'csv'),
    paths.queryTemporaryDirectory('/data', 7),
    paths.queryUploadFile('/data', 7, 3, 12, 1_700_000_000_000),
    paths.queryUploadsFile('/data', 7),
  ]).toEqual([
    '/data/lock',
    '/data/catalogue.db',
    '/data/catalogue.db-wal',
    '/data/catalogue-schema-3.db',
    '/data/generation',
    '/data/migration',
    '/data/backup',
    '/data/incoming',
    '/data/files',
    '/data/lost/00000012.csv',
    '/data/query/7/temp',
    '/data/query/7/files/3/12-1700000000000.parquet',
    '/data/query/7/files/uploads.csv',
  ])
})

test('an upload has the same name in both directories, with its id in eight digits', () => {
  expect(incomingFile('/data', 12, 'csv')).toBe('/data/incoming/00000012.csv')
  expect(storedFile('/data', 12, 'parquet')).toBe('/data/files/00000012.parquet')
  expect(storedFile('/data', 123_456_789, 'csv')).toBe('/data/files/123456789.csv')
})

test.each([
  ['00000012.csv', 12],
  ['00000012.parquet', 12],
  ['123456789.csv', 123_456_789],
  ['00000000.csv', undefined],
  ['12.csv', undefined],
  ['000000012.csv', undefined],
  ['1234567890123456.csv', undefined],
  ['00000012.csv~', undefined],
  ['00000012.CSV', undefined],
  ['-0000012.csv', undefined],
  ['lost+found', undefined],
])('the name %s belongs to upload %s', (name, id) => {
  expect(parseFileName(name)?.id).toBe(id)
})

test('a file that an unfinished upload leaves is recognised by its name', () => {
  const paths = [incomingFile('', 12, 'csv'), footerFile(incomingFile('', 12, 'parquet'))]
  for (const path of paths) expect(isUncommitted(basename(path)), path).toBe(true)
  for (const name of ['footer', '.footer', '12.parquet.footer', 'notes.csv'])
    expect(isUncommitted(name)).toBe(false)
})
