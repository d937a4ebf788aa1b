// Where a server runs that has no DuckDB, or a file system without hard links.
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { FaultyDisk } from '../crash/faultyDisk.ts'
import { ask } from '../support/http.ts'
import { spawnServer } from '../support/process.ts'
import { queried, rowsOf } from '../support/query.ts'
import { connectClient, temporaryDirectory, upload } from '../support/server.ts'

const server = join(import.meta.dirname, '../..')
const packages = join(server, '../../node_modules')

/** Copies the server to a place that has all packages but DuckDB. Returns the program. */
function withoutDuckdb(): string {
  const place = temporaryDirectory()
  const modules = join(place, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(packages).filter(name => name !== '@duckdb'))
    symlinkSync(join(packages, name), join(modules, name))
  cpSync(join(server, 'package.json'), join(place, 'package.json'))
  cpSync(join(server, 'src'), join(place, 'src'), { recursive: true })
  return join(place, 'src/main.ts')
}

test('a server without DuckDB says so to whoever asks a query, and answers everything else', async () => {
  const { ready } = spawnServer({ main: withoutDuckdb() })
  const { port } = await ready
  const client = connectClient(port)
  expect(await upload(client, 'x\n1\n')).toBe('')
  for (let time = 0; time < 2; time++)
    await expect(queried(client, 'SELECT 1')).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
      details: expect.stringMatching(/DuckDB is not installed: npm install @duckdb\/node-api$/),
    })
  const { status: code, text } = await ask({ port }, 'POST', '/query', {
    body: 'SELECT 1',
    headers: { 'content-type': 'application/sql' },
  })
  expect([code, JSON.parse(text).detail]).toEqual([501, expect.stringContaining('DuckDB is not installed')])
  expect(JSON.parse((await ask({ port }, 'GET', '/columns/x/sum')).text).total).toBe('1')
})

test.each(['EPERM', 'EXDEV'] as const)(
  'where the file system makes no hard links (%s), queries read copies',
  async error => {
    const dataDir = temporaryDirectory()
    const disk = new FaultyDisk(dataDir)
    const { ready, child } = spawnServer({ dataDir, under: disk.command })
    const { port } = await ready
    const client = connectClient(port)
    for (const csv of ['x\n1\n', 'x\n2\n', 'x,y\n3,a\n']) expect(await upload(client, csv)).toBe('')
    disk.fail({ calls: ['link', 'linkat'], file: 'query', error, which: { nth: 1, lasting: true } })
    expect(
      await rowsOf(client, 'SELECT sum(x)::INTEGER, count(y), count(DISTINCT _upload) FROM data'),
    ).toEqual([[6, 1n, 3n]])
    expect(disk.failures()).toHaveLength(3)
    disk.end(child, 'stop')
  },
)
