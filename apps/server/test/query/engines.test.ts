import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, onTestFinished, test, vi } from 'vitest'
import { interruptedBy, leaveEngine, takeEngine } from '../../src/query/engines.ts'
import type { QueryRequest } from '../../src/query/request.ts'

const going = new AbortController().signal
const MIB = 2 ** 20
const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true })
})

/** Makes a folder of no uploads. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'table-engines-'))
  made.push(path)
  mkdirSync(join(path, 'files'))
  writeFileSync(join(path, 'files/uploads.csv'), '')
  return path
}

const requestOf = (path: string, more: Partial<QueryRequest> = {}): QueryRequest => ({
  sql: '',
  format: 'arrow',
  folder: path,
  uploads: 0,
  schemas: [],
  memory: 64 * MIB,
  spill: 8 * MIB,
  ...more,
})

async function answerOf({ connection }: Awaited<ReturnType<typeof takeEngine>>, sql: string) {
  return (await connection.runAndReadAll(sql)).getRowsJson()
}

test('an engine has the views of the request, its limits, and may not leave its folder', async () => {
  const path = folder()
  const engine = await takeEngine(requestOf(path), going)
  expect(await answerOf(engine, 'SELECT count(*) FROM data')).toEqual([['0']])
  expect(await answerOf(engine, 'SELECT count(*) FROM uploads')).toEqual([['0']])
  const settings = ['memory_limit', 'max_temp_directory_size', 'TimeZone', 'threads', 'lock_configuration']
  const [row] = await answerOf(engine, `SELECT ${settings.map(name => `current_setting('${name}')`).join()}`)
  expect(row).toEqual(['64.0 MiB', '8.0 MiB', 'UTC', expect.anything(), true])
  expect(Number(row?.[3])).toBe(2)
  await expect(answerOf(engine, "SELECT * FROM read_text('/etc/passwd')")).rejects.toThrow('Permission Error')
  await expect(answerOf(engine, "SET memory_limit = '1GB'")).rejects.toThrow('locked')
  leaveEngine(engine, true)
})

test('an engine whose query came to its end answers the next query over the same folder', async () => {
  const path = folder()
  const engine = await takeEngine(requestOf(path), going)
  leaveEngine(engine, true)
  const same = await takeEngine(requestOf(path), going)
  expect(same).toBe(engine)
  expect(await answerOf(same, 'SELECT count(*) FROM data')).toEqual([['0']])
  const busy = await takeEngine(requestOf(path), going)
  expect(busy.instance).not.toBe(engine.instance)
  leaveEngine(same, false)
  leaveEngine(busy, true)
  expect((await takeEngine(requestOf(path), going)).instance).toBe(busy.instance)
})

test('an engine keeps what it has read of files, unless there are very many', async () => {
  for (const [uploads, keeps] of [
    [1000, true],
    [1001, false],
  ] as const) {
    const engine = await takeEngine(requestOf(folder(), { uploads }), going)
    expect(await answerOf(engine, "SELECT current_setting('enable_external_file_cache')")).toEqual([[keeps]])
    leaveEngine(engine, true)
  }
})

test('an engine is not for another folder, nor for a query that may write less', async () => {
  const path = folder()
  const engine = await takeEngine(requestOf(path), going)
  leaveEngine(engine, true)
  const less = await takeEngine(requestOf(path, { spill: 4 * MIB }), going)
  expect(less.instance).not.toBe(engine.instance)
  leaveEngine(less, true)
  const more = await takeEngine(requestOf(path, { spill: 16 * MIB }), going)
  expect(more.instance).toBe(less.instance)
  const other = await takeEngine(requestOf(folder()), going)
  expect(other.instance).not.toBe(more.instance)
  // The folder of this engine is not the newest any more.
  leaveEngine(more, true)
  expect((await takeEngine(requestOf(path, { spill: 16 * MIB }), going)).instance).not.toBe(more.instance)
})

test('of the engines that wait, a query gets the one that has prepared it', async () => {
  const path = folder()
  const engines = await Promise.all(
    ['SELECT 1', 'SELECT 2'].map(sql => takeEngine(requestOf(path, { sql }), going)),
  )
  for (const [i, engine] of engines.entries()) {
    const sql = `SELECT ${i + 1}`
    engine.prepared = { sql, statement: await engine.connection.prepare(sql) }
    leaveEngine(engine, true)
  }
  const [first, second] = engines
  expect(await takeEngine(requestOf(path, { sql: 'SELECT 2' }), going)).toBe(second)
  expect(await takeEngine(requestOf(path, { sql: 'SELECT 3' }), going)).toBe(first)
})

test('a query that is cancelled, or whose files are damaged, gets no engine', async () => {
  const path = folder()
  await expect(takeEngine(requestOf(path), AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
  mkdirSync(join(path, 'files/1'))
  writeFileSync(join(path, 'files/1/1-1.parquet'), 'no Parquet')
  const schemas = [{ schema: 1, columns: [{ name: 'x', type: 'int64' }] }]
  await expect(takeEngine(requestOf(path, { schemas }), going)).rejects.toThrow('1-1.parquet')
})

test('a query that is cancelled while its engine looks into files stops looking', async () => {
  const path = folder()
  const [integers, dates] = ['1', '2'].map(schema => join(path, 'files', schema))
  for (const files of [integers, dates]) mkdirSync(files as string)
  const instance = await DuckDBInstance.create()
  const connection = await instance.connect()
  await connection.run(`COPY (SELECT i AS x FROM range(1000000) t(i)) TO '${integers}/1-1.parquet'`)
  await connection.run(`COPY (SELECT DATE '2026-11-29' AS x) TO '${dates}/2-1.parquet'`)
  connection.closeSync()
  // Whether the integers are all null decides the type of the column.
  for (let i = 3; i < 300; i++) linkSync(`${integers}/1-1.parquet`, `${integers}/${i}-1.parquet`)
  const schemas = ['int64', 'date'].map((type, i) => ({ schema: i + 1, columns: [{ name: 'x', type }] }))
  const outcome = (ms: number) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(new Error('before or after it looked')), ms)
    return takeEngine(requestOf(path, { schemas }), controller.signal).then(
      engine => leaveEngine(engine, false),
      error => error.message,
    )
  }
  let ended: string | undefined = ''
  for (let ms = 1; ended !== undefined && !ended.includes('Interrupted'); ms *= 1.5) ended = await outcome(ms)
  expect(ended).toContain('Interrupted')
})

test('a query is interrupted until it is over: DuckDB forgets what comes just before a statement begins', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const controller = new AbortController()
  const interrupt = vi.fn()
  const over = interruptedBy(controller.signal, { interrupt })
  vi.advanceTimersByTime(1000)
  expect(interrupt).not.toHaveBeenCalled()
  controller.abort()
  expect(interrupt).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1000)
  expect(interrupt.mock.calls.length).toBeGreaterThan(5)
  over()
  interrupt.mockClear()
  vi.advanceTimersByTime(1000)
  expect(interrupt).not.toHaveBeenCalled()
})
