import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Metadata, status } from '@grpc/grpc-js'
import { tableFromIPC } from 'apache-arrow'
import { expect, onTestFinished, test } from 'vitest'
import { QueryProcess } from '../../src/query/queryProcess.ts'
import { spawnServer } from '../support/process.ts'
import { errorOf, queried, queryProcesses, rowsOf, sharedServer } from '../support/query.ts'
import {
  called,
  connectClient,
  eventually,
  failureOf,
  serve,
  temporaryDirectory,
  upload,
} from '../support/server.ts'

const server = sharedServer()

/** A query that sends a first part soon, and would go on for hours. */
const ENDLESS = 'SELECT i, i + 1 AS j FROM range(1000000000000) t(i)'
/** A query that works for hours before it sends anything. */
const WORK = 'SELECT sum(i * j) FROM range(10000000) t(i), range(1000000) u(j)'

const mine = () => queryProcesses(process.pid)

/** Begins a query. Resolves once it sends something. */
async function begun(sql: string) {
  const call = server.client.query({ sql })
  const ended = new Promise<number>(resolve => {
    call.on('error', ({ code }: { code?: number }) => resolve(code ?? -1)).on('end', () => resolve(0))
  })
  await new Promise<void>(resolve => call.once('data', () => resolve()))
  return { call, ended }
}

const folders = () => readdirSync(join(server.dataDir, 'query'))

test('a query that is killed is a status for its caller, and the next one starts another process', async () => {
  expect(await rowsOf(server.client, 'SELECT 1')).toEqual([[1]])
  const [first = 0] = mine()
  const [folder] = folders()
  const { call, ended } = await begun(WORK)
  process.kill(first, 'SIGKILL')
  call.resume()
  expect(await ended).toBe(status.UNAVAILABLE)
  expect(await rowsOf(server.client, 'SELECT 2')).toEqual([[2]])
  expect(mine()).not.toContain(first)
  // It may have left temporary files there.
  await eventually(() => expect(folders()).not.toContain(folder))
})

test.each([ENDLESS, WORK])('a query that is cancelled stops, and the process goes on: %s', async sql => {
  const before = mine()
  const { call, ended } = await begun(sql)
  call.cancel()
  call.resume()
  expect(await ended).toBe(status.CANCELLED)
  expect(await rowsOf(server.client, 'SELECT 3')).toEqual([[3]])
  expect(mine()).toEqual(before)
})

test('a query that is out of time ends with a status', async () => {
  const call = server.client.query({ sql: WORK }, new Metadata(), { deadline: Date.now() + 700 })
  call.resume()
  expect(
    await failureOf(new Promise((resolve, reject) => call.on('end', resolve).on('error', reject))),
  ).toMatchObject({
    code: status.DEADLINE_EXCEEDED,
  })
})

test('a query over its memory is an error that says so, and nothing else is hurt', async () => {
  const before = mine()
  const failure = await failureOf(queried(server.client, 'SELECT list(i) FROM range(100000000) t(i)'))
  expect(failure).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringMatching(/^the query needs more than the 64 MiB of memory .*--query-memory$/),
  })
  expect(await rowsOf(server.client, 'SELECT 4')).toEqual([[4]])
  expect(mine()).toEqual(before)
})

test('a value that takes more memory than DuckDB counts ends the query with an error', async () => {
  const failure = await failureOf(queried(server.client, "SELECT length(repeat('x', 3000000000))"))
  expect(failure).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringMatching(/^the queries under way took more than 448 MiB of memory: /),
  })
  expect(await rowsOf(server.client, 'SELECT 5')).toEqual([[5]])
})

test('queries share a folder until the uploads change', async () => {
  const [id = 0n] = await server.holding('x\n1\n', 'x\n2\n')
  const sum = async () => (await rowsOf(server.client, 'SELECT sum(x)::INTEGER FROM data'))[0]?.[0]
  const folder = async () => {
    await eventually(() => expect(folders()).toHaveLength(1))
    return folders()[0]
  }
  expect(await sum()).toBe(3)
  const first = await folder()
  expect(await Promise.all([sum(), sum(), sum()])).toEqual([3, 3, 3])
  expect(await folder()).toBe(first)

  expect(await upload(server.client, 'x\n4\n')).toBe('')
  expect(await sum()).toBe(7)
  const second = await folder()
  expect(second).not.toBe(first)

  await called(server.client, server.client.deleteUpload, { id })
  // The space of the deleted file is free again.
  await eventually(() => expect(folders()).toEqual([]))
  expect(await sum()).toBe(6)
  expect(await folder()).not.toBe(second)
})

test('a query that is asked again is computed anew', async () => {
  await server.holding('x\n1\n')
  const sql = 'SELECT x, now()::VARCHAR, uuid()::VARCHAR, random() FROM data, range(3)'
  const ask = () => rowsOf(server.client, sql)
  const answers = [await ask(), await ask(), ...(await Promise.all([ask(), ask(), ask()]))]
  const values = answers.flat()
  expect(values.map(([x]) => x)).toEqual(Array(15).fill(1n))
  expect(new Set(values.map(([, , uuid]) => uuid)).size).toBe(15)
  expect(new Set(values.map(([, , , random]) => random)).size).toBe(15)
  expect(new Set(values.slice(0, 6).map(([, now]) => now)).size).toBe(2)
})

test('a query that failed or was cancelled is asked again like any other', async () => {
  await server.holding('x\n1\n')
  const failing = "SELECT error('no ' || x) FROM data"
  for (let i = 0; i < 3; i++) expect(await errorOf(server.client, failing)).toContain('no 1')
  for (let i = 0; i < 2; i++) {
    const call = server.client.query({ sql: WORK }, new Metadata(), { deadline: Date.now() + 200 })
    const ended = new Promise((resolve, reject) => call.on('end', resolve).on('error', reject))
    call.resume()
    expect(await failureOf(ended)).toMatchObject({ code: status.DEADLINE_EXCEEDED })
  }
  expect(await rowsOf(server.client, 'SELECT x FROM data')).toEqual([[1n]])
})

test('a query that runs keeps its folder while others get a new one', async () => {
  await server.holding('x\n1\n')
  const { call, ended } = await begun(`SELECT x FROM data, range(1000000000000)`)
  const [old] = folders()
  await server.holding('x\n2\n')
  expect(await rowsOf(server.client, 'SELECT x FROM data')).toEqual([[2n]])
  expect(folders()).toHaveLength(2)
  call.cancel()
  call.resume()
  await ended
  await eventually(() => expect(folders()).toHaveLength(1))
  expect(folders()).not.toContain(old)
})

test('an answer does not change by uploads and deletions while it is sent', async () => {
  const rows = 200_000
  const csv = `x\n${Array.from({ length: rows }, (_, i) => i).join('\n')}\n`
  const [id = 0n] = await server.holding(csv)
  const call = server.client.query({
    sql: 'SELECT x, _upload, x + 1, x + 2, x + 3, x + 4, x + 5, x + 6 FROM data',
  })
  const parts: Buffer[] = []
  const first = await new Promise<Buffer>(resolve => call.once('data', ({ arrow }) => resolve(arrow)))
  call.pause()
  parts.push(first)
  await server.holding('x\n-1\n')
  await eventually(() => expect(readdirSync(join(server.dataDir, 'files'))).toHaveLength(2))
  call.on('data', ({ arrow }) => parts.push(arrow))
  await new Promise((resolve, reject) => call.on('end', resolve).on('error', reject).resume())
  const table = tableFromIPC(Buffer.concat(parts))
  expect(table.numRows).toBe(rows)
  expect(
    table
      .getChild('x')
      ?.toArray()
      .reduce((sum: bigint, x: bigint) => sum + x, 0n),
  ).toBe(19999900000n)
  expect(new Set(table.getChild('_upload'))).toEqual(new Set([id]))
  expect(await rowsOf(server.client, 'SELECT x FROM data')).toEqual([[-1n]])
})

test('a client that does not take its answer does not fill the memory', async () => {
  const { call } = await begun(ENDLESS)
  call.pause()
  const [child = 0] = mine()
  const processTime = () => readFileSync(`/proc/${child}/stat`, 'utf8').split(' ').slice(13, 15).join(' ')
  // Once nothing moves, the process has stopped to work for this client.
  let before = ''
  let still = 0
  await eventually(() => {
    const now = processTime()
    still = now === before ? still + 1 : 0
    before = now
    expect(still).toBe(10)
  })
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1])
  expect(rss).toBeLessThan(400 * 1024)
  call.cancel()
  call.on('error', () => {})
})

test('the process has nothing of the server: no secrets, no sockets, no lock', async () => {
  const { ready, child } = spawnServer({ env: { TABLE_TOKEN: 'secret', OTHER_SECRET: 'secret' } })
  const { port } = await ready
  await queried(connectClient(port), 'SELECT 1')
  const [pid = 0] = queryProcesses(child.pid ?? 0)
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('secret')
  const open = readdirSync(`/proc/${pid}/fd`).map(fd => readlinkSync(`/proc/${pid}/fd/${fd}`))
  expect(open.filter(path => /\/(lock|catalogue)/.test(path))).toEqual([])
  const inode = (line: string) => line.trim().split(/\s+/)[9]
  const listening = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .filter(line => line.includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} `))
    .map(line => `socket:[${inode(line)}]`)
  expect(listening.length).toBeGreaterThan(0)
  expect(open.filter(path => listening.includes(path))).toEqual([])

  // Nothing of DuckDB is in the server itself.
  expect(readFileSync(`/proc/${child.pid}/maps`, 'utf8')).not.toContain('duckdb')
  expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).toContain('duckdb')

  // It dies with the server, however the server ends.
  child.kill('SIGKILL')
  await eventually(() => expect(() => process.kill(pid, 0)).toThrow())
})

/** Makes a folder of queries without uploads. */
function makeFolder(folder: string): string {
  mkdirSync(join(folder, '1/files'), { recursive: true })
  writeFileSync(join(folder, '1/files/uploads.csv'), '')
  return folder
}

/** A process for queries without uploads, which ends after `quiet` ms without a query. */
function processOf(quiet: number, folder = makeFolder(temporaryDirectory())) {
  const queries = new QueryProcess(folder, 2 ** 26, quiet)
  onTestFinished(() => queries.close())
  const format = 'arrow' as const
  const request = { format, folder: '1', uploads: 0, schemas: [], memory: 2 ** 26, spill: 0 }
  const { signal } = new AbortController()
  return { queries, answer: (sql: string) => queries.answer({ sql, ...request }, signal) }
}

test('the process ends when there was no query for a while', async () => {
  const { queries, answer } = processOf(0)
  const parts = answer('SELECT 1')
  await parts.next()
  const { pid = 0 } = queries
  expect(() => process.kill(pid, 0)).not.toThrow()
  for await (const _part of parts);
  await eventually(() => expect(queries.pid).toBeUndefined())
  await eventually(() => expect(() => process.kill(pid, 0)).toThrow())
})

test('a process that cannot be started is a status, and once it can be it is', async () => {
  const folder = join(temporaryDirectory(), 'query')
  const { queries, answer } = processOf(60_000, folder)
  const asked = () => Array.fromAsync(answer('SELECT 1'))
  await expect(asked()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/^the process that answers SQL has ended \(spawn .*ENOENT\): try again/),
  })
  makeFolder(folder)
  expect(queries.restarts).toBe(0)
  expect((await asked()).length).toBeGreaterThan(0)
  expect(queries.restarts).toBe(1)
})

test('a process that has begun in place of another is not ended with that one', async () => {
  const quiet = 200
  const { queries, answer } = processOf(quiet)
  const both = [answer(ENDLESS), answer(ENDLESS)]
  for (const parts of both) await parts.next()
  process.kill(queries.pid ?? 0, 'SIGKILL')
  for (const failure of await Promise.all(both.map(parts => failureOf(Array.fromAsync(parts)))))
    expect(failure.message).toContain('has ended (SIGKILL)')
  const parts = answer(ENDLESS)
  const until = performance.now() + 3 * quiet
  while (performance.now() < until) expect((await parts.next()).done).toBe(false)
  await parts.return()
})

test('a stop leaves no folder of a query', async () => {
  const { ready, child, exited, dataDir } = spawnServer()
  const { port } = await ready
  await upload(connectClient(port), 'x\n1\n')
  await queried(connectClient(port), 'SELECT x FROM data')
  expect(readdirSync(join(dataDir, 'query'))).toHaveLength(1)
  child.kill('SIGTERM')
  await exited
  expect(readdirSync(join(dataDir, 'query'))).toEqual([])
})

test('what a query leaves behind is removed at the next start', async () => {
  const first = spawnServer()
  const { port } = await first.ready
  await upload(connectClient(port), 'x\n1\n')
  const call = connectClient(port).query({ sql: ENDLESS })
  await new Promise<void>(resolve => call.once('data', () => resolve()))
  call.on('error', () => {})
  first.child.kill('SIGKILL')
  await first.exited
  expect(readdirSync(join(first.dataDir, 'query'))).toHaveLength(1)
  const second = spawnServer({ dataDir: first.dataDir })
  await second.ready
  expect(readdirSync(first.dataDir)).not.toContain('query')
})

test('a query that takes a while says that it is at work', async () => {
  const call = server.client.query({ sql: WORK })
  const { arrow, error } = await new Promise<{ arrow: Buffer; error: string }>(resolve =>
    call.once('data', resolve),
  )
  expect([arrow.length, error]).toEqual([0, ''])
  call.on('error', () => {})
  call.cancel()
  // An error that comes later still comes as an error.
  const late = "SELECT CASE WHEN sum(i) > 0 THEN error('late') END FROM range(300000000) t(i)"
  expect(await errorOf(server.client, late)).toBe('Invalid Input Error: late')
})

test('an error after the first rows is told, and no answer without its last rows looks whole', async () => {
  const late = (rows: number) =>
    `SELECT CASE WHEN i > ${0.9 * rows} THEN error('late') ELSE i END AS i FROM range(${rows}) t(i)`
  for (const rows of [1000, 10_000, 100_000, 1_000_000])
    expect(await errorOf(server.client, late(rows))).toBe('Invalid Input Error: late')
  const cast =
    "SELECT (CASE WHEN i > 900000 THEN 'x' || i ELSE i::VARCHAR END)::INTEGER AS i FROM range(1000000) t(i)"
  expect(await errorOf(server.client, cast)).toContain("Could not convert string 'x900001'")
})

test('a stop ends the process', async () => {
  const before = mine()
  const { client, stop } = await serve()
  await queried(client, 'SELECT 1')
  const [pid = 0, ...more] = mine().filter(one => !before.includes(one))
  expect(more).toEqual([])
  await stop()
  await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'))
})
