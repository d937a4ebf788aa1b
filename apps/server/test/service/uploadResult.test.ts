import { randomUUID } from 'node:crypto'
import { Metadata } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { largeCsv, serve, upload, uploaded } from '../support/server.ts'

test('the answer to an upload has its number, rows, columns and types', async () => {
  const { client } = await serve()
  const header = 'i,d,b,day,t,utc,s'
  const row = '1,1.5,true,2024-02-29,2024-02-29T10:00,2024-02-29T10:00Z,word'
  expect(await uploaded(client, `${header}\n${row}\n${row}\n`)).toEqual({
    error: '',
    id: 1n,
    rows: 2n,
    columns: [
      { name: 'i', type: 'int64' },
      { name: 'd', type: 'double' },
      { name: 'b', type: 'boolean' },
      { name: 'day', type: 'date' },
      { name: 't', type: 'timestamp' },
      { name: 'utc', type: 'timestamp-utc' },
      { name: 's', type: 'text' },
    ],
    warnings: [],
  })
  expect(await uploaded(client, largeCsv(7))).toMatchObject({ id: 2n, rows: 1n, columns: { length: 2 } })
  expect(await uploaded(client, 'x\n"\n')).toMatchObject({ id: 0n, rows: 0n, columns: [], warnings: [] })
})

test('an upload-id that was stored before is answered with what the first upload was', async () => {
  const { client } = await serve()
  const metadata = new Metadata()
  metadata.set('upload-id', randomUUID())
  await uploaded(client, 'x\n1\n')
  const first = await uploaded(client, 'x,y\n1,a\n2,b\n', {}, metadata)
  expect(first).toMatchObject({ id: 2n, rows: 2n })
  for (let i = 0; i < 2; i++)
    expect(await uploaded(client, 'x,y\n1,a\n2,b\n', {}, metadata)).toEqual({ ...first, warnings: [] })
})

test('an upload is warned of a column that is no number here, with the field because of which it is none', async () => {
  const { client } = await serve()
  for (let i = 0; i < 2; i++) expect((await uploaded(client, 'x,y\n1,a\n')).warnings).toEqual([])
  expect((await uploaded(client, 'x\n1.5\n')).warnings).toEqual([])
  expect((await uploaded(client, 'x,y\nNULL,b\n2,c\n')).warnings).toEqual([
    'column "x" is text here, int64 in 2 uploads, double in 1 upload: line 2 has "NULL"',
  ])
  expect((await uploaded(client, 'y,x\na,2024-01-01\n')).warnings).toEqual([
    'column "x" is date here, int64 in 2 uploads, double in 1 upload: line 2 has "2024-01-01"',
  ])
})

test('an upload is warned of names that were made and of what looks like another dialect', async () => {
  const { client } = await serve()
  expect(await uploaded(client, 'a,,a\n1,2,3\n')).toMatchObject({
    columns: [{ name: 'a' }, { name: 'column2' }, { name: 'a_1' }],
    warnings: [expect.stringContaining('"column2"'), expect.stringContaining('"a_1"')],
  })
  expect((await uploaded(client, 'x;y\n1;2\n3;4\n')).warnings).toEqual([
    expect.stringMatching(/semicolon.*--delimiter/),
  ])
})

test('a late text is warned of with its line, also when the upload is large', async () => {
  const { client } = await serve()
  expect(await upload(client, 'x\n0\n')).toBe('')
  const late = (rows: number) => `x\n${Array.from({ length: rows }, (_, i) => i).join('\n')}\nn/a\n`
  expect((await uploaded(client, late(5000))).warnings).toEqual([
    'column "x" is text here, int64 in 1 upload: line 5002 has "n/a"',
  ])
  const { client: other } = await serve()
  expect(await upload(other, 'x\n0\n')).toBe('')
  expect((await uploaded(other, late(200_000))).warnings).toEqual([
    'column "x" is text here, int64 in 1 upload: line 200002 has "n/a"',
  ])
})

test('text of integers alone is not warned of, because it has a sum', async () => {
  const { client } = await serve()
  expect(await upload(client, 'x\n7\n')).toBe('')
  expect(await uploaded(client, 'x\n+7\n')).toMatchObject({ columns: [{ type: 'text' }], warnings: [] })
})

test('a column that is text in most uploads is not warned of, nor one that no other upload has', async () => {
  const { client } = await serve()
  for (const csv of ['note\nword\n', 'note\nother\n', 'note,x\n,\n', 'note\nword\n'])
    expect((await uploaded(client, csv)).warnings).toEqual([])
})

test('a server that starts again knows the columns of what is stored', async () => {
  const before = await serve()
  for (let i = 0; i < 3; i++) expect(await upload(before.client, 'x\n1\n')).toBe('')
  await before.stop()
  const { client } = await serve({ dataDir: before.dataDir })
  expect((await uploaded(client, 'x\nn/a\n')).warnings).toEqual([
    'column "x" is text here, int64 in 3 uploads: line 2 has "n/a"',
  ])
})

test('ten columns are warned of one by one, and the rest together', async () => {
  const { client } = await serve()
  const header = Array.from({ length: 13 }, (_, i) => `c${i}`).join()
  expect(await upload(client, `${header}\n${header.replaceAll('c', '')}\n`)).toBe('')
  const { warnings } = await uploaded(client, `${header}\n${header}\n`)
  expect(warnings).toHaveLength(11)
  expect(warnings[9]).toBe('column "c9" is text here, int64 in 1 upload: line 2 has "c9"')
  expect(warnings[10]).toBe('3 more columns may not be numbers here, but are in other uploads')
})

test('columns that a client could not take are left out of the answer, and the upload is stored', async () => {
  const { client } = await serve({ limits: { headerBytes: 4 * 1024 * 1024 } })
  const name = 'n'.repeat(700_000)
  const header = [1, 2, 3, 4, 5].map(i => `${name}${i}`).join()
  expect(await uploaded(client, `${header}\n1,2,3,4,5\n`)).toEqual({
    error: '',
    id: 1n,
    rows: 1n,
    columns: [],
    warnings: [
      'the columns are left out of this answer: they would take 3500130 bytes, at most 3145728 are sent',
    ],
  })
})
