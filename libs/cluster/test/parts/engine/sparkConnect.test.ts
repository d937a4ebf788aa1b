import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { makeEngine } from '../../../../../scripts/cluster/engine.ts'
import { Link } from '../../../../../scripts/cluster/link.ts'
import type { Part } from '../../../../../scripts/cluster/part.ts'
import { bucket, parts } from '../../../../../testing/cluster/shared.ts'
import { engineAddresses } from '../../../src/engine/address.ts'
import { Connection } from '../../../src/engine/connection.ts'
import { sail } from '../../../src/engine/dialects/sail.ts'
import { aggregatePlan } from '../../../src/engine/plan.ts'
import { plansOf } from '../../../src/engine/reads.ts'
import { SparkConnect } from '../../../src/engine/sparkConnect.ts'
import { put, questionOf } from './files.ts'

const never = new AbortController().signal
const isSpark = process.env.TABLE_ENGINE === 'spark'
const shared = { port: parts.enginePort }

/** A port on which nothing listens: the port of TCP's multiplexer. */
const nobody = { port: 1 }

beforeEach(() => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  return () => log.mockRestore()
})

function engineAt(...addresses: { port: number }[]): SparkConnect {
  const engine = new SparkConnect(addresses.map(({ port }) => `sc://127.0.0.1:${port}`).join())
  onTestFinished(() => engine.close())
  return engine
}

async function ownEngine(): Promise<Part> {
  const directory = mkdtempSync(join(tmpdir(), 'table-engine-'))
  const part = await makeEngine(parts, directory)
  await part.start()
  onTestFinished(async () => {
    await part.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  return part
}

async function linkTo(part: { port: number }): Promise<Link> {
  const link = await Link.to(part)
  onTestFinished(() => link.close())
  return link
}

/** Puts CSVs into a new bucket. */
function stored(...csvs: string[]) {
  const { name, folder } = bucket()
  const files = csvs.map(csv => put(folder, csv))
  const question = (column: string, format: 'csv' | 'parquet' = 'csv') =>
    questionOf(files, column, format, name).question
  return { folder, files, question }
}

test('an engine tells its version', async () => {
  expect(await engineAt(shared).version(never)).toBe(isSpark ? 'Spark 4.3.0' : 'Sail 0.7.2')
})

test('statistics count rows and nulls, and have the least and the greatest value', async () => {
  const { question } = stored('a,b\n5,\n,\n-3,\n', 'b,a\n,7\n')
  for (const format of ['csv', 'parquet'] as const) {
    const stats = (column: string) => engineAt(shared).columnStats(question(column, format), never)
    expect(await stats('a')).toEqual({ rows: 4, nulls: 1, min: -3n, max: 7n, sum: 9n })
    const none = { rows: 4, nulls: 4, min: undefined, max: undefined, sum: 0n }
    expect(await stats('b')).toEqual(none)
  }
})

test('a question without files needs no engine', async () => {
  expect(await engineAt(nobody).columnSum({ format: 'csv', column: 'a', groups: [] }, never)).toEqual({
    sum: 0n,
    rows: 0,
  })
})

test('the next address answers if one does not', async () => {
  const { question } = stored('a\n1\n')
  expect(await engineAt(nobody, shared).columnSum(question('a'), never)).toEqual({ sum: 1n, rows: 1 })
})

test('a question that no address answers is to be tried again later, and the operator is told why', async () => {
  const { question } = stored('a\n1\n')
  await expect(engineAt(nobody, nobody).columnSum(question('a'), never)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'the engine cannot answer now: try again later',
  })
  expect(console.error).toHaveBeenCalledWith(
    expect.stringMatching(/^the engine does not answer: sc:\/\/127.0.0.1:1: UNAVAILABLE: /),
  )
})

test('an engine that was killed and started again answers as before', async () => {
  const part = await ownEngine()
  const engine = engineAt(part)
  const { question } = stored('x,X\n1,10\n')
  expect(await engine.columnSum(question('X', 'parquet'), never)).toEqual({ sum: 10n, rows: 1 })
  await part.kill()
  await expect(engine.columnSum(question('X', 'parquet'), never)).rejects.toMatchObject({
    code: 'unavailable',
  })
  await part.start()
  const answer = () => engine.columnSum(question('X', 'parquet'), never)
  await expect.poll(() => answer().catch(String)).toEqual({ sum: 10n, rows: 1 })
})

test('an engine that has forgotten to tell names apart by case refuses the plan', async () => {
  const connection = new Connection(engineAddresses(`sc://127.0.0.1:${shared.port}`)[0] as never)
  onTestFinished(() => connection.close())
  const { question } = stored('X\n10\n')
  const asked = question('X', 'parquet')
  const [reads = []] = plansOf(asked)
  const plan = aggregatePlan(asked, reads, ['CAST(SUM(v) AS STRING)'], sail)
  await expect(connection.execute(plan, never)).rejects.toThrow(/ambiguous attribute/)
  await connection.prepare(never)
  expect(await connection.execute(plan, never)).toEqual([['10']])
})

test('a file that is missing is missing in the number of rows, or there is no sum', async () => {
  const { question, files, folder } = stored('a\n1\n', 'a\n2\n')
  for (const format of ['csv', 'parquet'] as const) {
    rmSync(join(folder, `${files[0]?.key}.${format}`))
    const sum = engineAt(shared).columnSum(question('a', format), never)
    if (isSpark) await expect(sum).rejects.toMatchObject({ code: 'unavailable' })
    else expect(await sum).toEqual({ sum: 2n, rows: 1 })
  }
})

test('an engine has no sum of files that it cannot read', async () => {
  const { question, files, folder } = stored('a,b\n1,2\n3,4\n')
  const path = (format: string) => join(folder, `${files[0]?.key}.${format}`)
  truncateSync(path('parquet'), 50)
  writeFileSync(path('csv'), 'a,b\n1,2\nx,4\n')
  for (const format of ['csv', 'parquet'] as const)
    await expect(engineAt(shared).columnSum(question('a', format), never)).rejects.toMatchObject({
      code: 'unavailable',
    })
})

test('a question that nobody waits for any more ends at once', async () => {
  const { question } = stored('a\n1\n')
  const link = await linkTo(shared)
  const engine = engineAt(link)
  const cancelled = { code: 'cancelled' }
  await expect(engine.columnSum(question('a'), AbortSignal.abort())).rejects.toMatchObject(cancelled)
  expect(await engine.columnSum(question('a'), never)).toEqual({ sum: 1n, rows: 1 })
  link.cut()
  const controller = new AbortController()
  const sum = engine.columnSum(question('a'), controller.signal)
  controller.abort()
  await expect(sum).rejects.toMatchObject(cancelled)
})

test('the next address answers if the network to the first one is cut', async () => {
  const { question } = stored('a\n1\n')
  const link = await linkTo(shared)
  const engine = engineAt(link, shared)
  expect(await engine.columnSum(question('a'), never)).toEqual({ sum: 1n, rows: 1 })
  const before = link.received
  link.cut()
  expect(await engine.columnSum(question('a'), never)).toEqual({ sum: 1n, rows: 1 })
  expect(link.received).toBe(before)
})
