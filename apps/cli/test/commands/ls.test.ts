import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ListUploadsReq, StoredUpload } from '@table/proto'
import { beforeAll, expect, test } from 'vitest'
import { cli } from '../support/cli.ts'
import { newDirectory } from '../support/directory.ts'
import { serverOfFile } from '../support/realServer.ts'
import { serve } from '../support/tableServer.ts'

const server = serverOfFile()

beforeAll(async () => {
  const { path, remove } = newDirectory()
  const files = ['a.csv', 'größe, "new".csv', '表.csv'].map(name => join(path, name))
  for (const [i, file] of files.entries()) writeFileSync(file, `x\n${'1\n'.repeat(5 * 10 ** i)}`)
  expect((await cli(server(), 'upload', '--jobs', '1', ...files)).exitCode).toBe(0)
  remove()
})

const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g

test('ls prints an aligned table, the newest upload first', async () => {
  const { stdout, stderr, exitCode } = await cli(server(), 'ls')
  expect(stdout.replace(time, 'T').split('\n')).toEqual([
    'id  name              received                  rows  bytes',
    ' 3  表.csv            T   500   1002',
    ' 2  größe, "new".csv  T    50    102',
    ' 1  a.csv             T     5     12',
    '',
  ])
  expect([stderr, exitCode]).toEqual(['', 0])
})

test('--limit and --oldest-first choose what is listed', async () => {
  const { stdout } = await cli(server(), 'ls', '--limit', '2', '--oldest-first', '--json')
  expect(JSON.parse(stdout).map(({ id }: { id: number }) => id)).toEqual([1, 2])
  const first = await cli(server(), 'ls', '--limit', '1', '--csv')
  expect(first.stdout.split('\n')[1]).toMatch(/^3,/)
})

test('JSON and CSV have the same words and values', async () => {
  const json = await cli(server(), 'ls', '--json')
  const uploads = JSON.parse(json.stdout)
  expect(uploads[1]).toEqual({
    id: 2,
    name: 'größe, "new".csv',
    received: expect.stringMatching(time),
    rows: 50,
    bytes: 102,
  })
  const { stdout } = await cli(server(), 'ls', '--csv')
  const lines = uploads.map(
    ({ id, name, received, rows, bytes }: Record<string, string | number>) =>
      `${id},${id === 2 ? '"größe, ""new"".csv"' : name},${received},${rows},${bytes}`,
  )
  expect(stdout).toBe(`id,name,received,rows,bytes\n${lines.join('\n')}\n`)
})

test('ls goes from page to page, and asks for no more than it prints', async () => {
  const nothing = StoredUpload.decode(Buffer.alloc(0))
  const asked: Partial<ListUploadsReq>[] = []
  const server = await serve({
    listUploads: ({ pageSize, cursor, oldestFirst }) => {
      asked.push({ pageSize, cursor, oldestFirst })
      // A page may have fewer uploads than it was asked for.
      const uploads = Array.from({ length: Math.min(pageSize, 900) }, (_, i) => ({
        ...nothing,
        id: BigInt(asked.length * 10_000 + i),
        name: 'n\ne',
      }))
      return { uploads, nextCursor: asked.length < 3 ? `page ${asked.length + 1}` : '' }
    },
  })
  const { stdout } = await cli(server, 'ls', '--limit', '1500')
  expect(stdout.split('\n').length).toBe(1502)
  expect(asked).toEqual([
    { pageSize: 1000, cursor: '', oldestFirst: false },
    { pageSize: 600, cursor: 'page 2', oldestFirst: false },
  ])
  asked.length = 0
  const all = JSON.parse((await cli(server, 'ls', '--json')).stdout)
  expect([all.length, asked.length]).toEqual([2700, 3])
  asked.length = 0
  expect((await cli(server, 'ls', '--csv')).stdout.split('\n').slice(1, 3)).toEqual(['10000,"n', 'e",,0,0'])
})

test('an empty table', async () => {
  const server = await serve({ listUploads: () => ({}) })
  expect((await cli(server, 'ls')).stdout).toBe('id  name  received  rows  bytes\n')
  expect((await cli(server, 'ls', '--csv')).stdout).toBe('id,name,received,rows,bytes\n')
  expect((await cli(server, 'ls', '--json')).stdout).toBe('[]\n')
})

test('wrong usage', async () => {
  for (const args of [
    ['--limit', '0'],
    ['--limit', 'x'],
    ['--json', '--csv'],
  ]) {
    const { stdout, stderr, exitCode } = await cli(server(), 'ls', ...args)
    expect(stderr).toMatch(/^error: .* \(see table-cli ls --help\)\n$/)
    expect([stdout, exitCode]).toEqual(['', 2])
  }
})
