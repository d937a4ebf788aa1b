import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeEngine } from '../../../../scripts/cluster/engine.ts'
import { parts } from '../../../../testing/cluster/shared.ts'
import { whole } from '../../../../testing/conformance/questions.ts'
import type { ClusterTable } from '../../src/clusterTable.ts'
import { SparkConnect } from '../../src/engine/sparkConnect.ts'
import { damagesOf } from '../support/damages.ts'
import { never, newDeployment, opened, uploaded } from '../support/table.ts'

function open(engine = new SparkConnect(`sc://127.0.0.1:${parts.enginePort}`)) {
  return opened(newDeployment(), engine, true)
}

async function rows(table: ClusterTable, sql: string, signal = never): Promise<unknown[][]> {
  return JSON.parse(`${await whole(table.query(sql, 'json', signal))}`).rows
}

test("without the operator's word, a cluster answers no SQL", async () => {
  const { table } = await opened(newDeployment(), new SparkConnect(`sc://127.0.0.1:${parts.enginePort}`))
  await expect(rows(table, 'SELECT 1')).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('--engine-sql'),
  })
})

test('an answer without an object, or with other bytes, ends with an error that names the upload', async () => {
  const { table, cluster } = await open()
  await uploaded(table, 'x\n1\n')
  await uploaded(table, 'x\n2\n')
  for (const damage of await damagesOf({ table, cluster }, 'parquet', 60)) {
    await damage()
    for (const sql of ['SELECT sum(x) FROM data', 'SELECT count(*) FROM data WHERE _upload > 0'])
      await expect(rows(table, sql)).rejects.toMatchObject({
        code: 'damaged',
        message: expect.stringContaining('upload 1'),
      })
  }
  expect(await rows(table, 'SELECT id, csv_bytes FROM uploads ORDER BY id')).toEqual([
    [1, 4],
    [2, 4],
  ])
})

test('an engine that finds fewer rows than there are gives no answer', async () => {
  const { table, cluster } = await open()
  await uploaded(table, 'x\n1\n2\n')
  await cluster.database.rows('UPDATE uploads SET rows = 3')
  await expect(rows(table, 'SELECT sum(x) FROM data')).rejects.toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('found 2 rows in 1 uploads, expected 3'),
  })
})

test('queries at the same time have the tables of their own moment', async () => {
  const { table } = await open()
  const answers: Promise<unknown[][]>[] = []
  for (let i = 1; i <= 6; i++) {
    await uploaded(table, `x\n${i}\n`)
    answers.push(rows(table, 'SELECT count(*), (SELECT count(*) FROM uploads) FROM data'))
  }
  const found = await Promise.all(answers)
  for (const [i, [[data, uploads] = []]] of found.entries()) {
    expect(data).toBe(uploads)
    expect(data).toBeGreaterThan(i)
  }
})

test("an error of SQL has the engine's words, and nothing of where objects are", async () => {
  const { table } = await open()
  await uploaded(table, 'x,y\n1,a\n')
  for (const sql of ['SELECT nope FROM data', 'SELECT x FRM data', 'SELECT raise_error(y) FROM data']) {
    const { code, message } = await rows(table, sql).then(
      () => expect.fail('expected an error'),
      error => error,
    )
    expect(code).toBe('invalid-data')
    expect(message).toMatch(/nope|data|a/)
    expect(message).not.toMatch(/s3|parquet\/|\n\s*at |\.scala|Exception/)
  }
})

test('who stops taking an answer stops the engine, and who cancels is told', async () => {
  const { table } = await open()
  const values = Array.from({ length: 200_000 }, (_, i) => i).join('\n')
  await uploaded(table, `x\n${values}\n`)
  const sql = 'SELECT x, y FROM data CROSS JOIN range(10) AS r(y)'
  for await (const part of table.query(sql, 'csv', never)) {
    expect(Buffer.from(part).toString()).toContain('x,y')
    break
  }
  const controller = new AbortController()
  const taken = async () => {
    for await (const _ of table.query(sql, 'arrow', controller.signal)) controller.abort()
  }
  await expect(taken()).rejects.toMatchObject({ code: 'cancelled' })
  expect(await rows(table, 'SELECT count(*) FROM data')).toEqual([[200_000]])
})

test('more than 200 uploads are queried without the upload of each row', async () => {
  const { table, cluster } = await open()
  await uploaded(table, 'x\n1\n')
  // Rows of the catalogue for the same object: only the table's size matters.
  await cluster.database.rows(
    `INSERT INTO uploads SELECT u.id + i, gen_random_uuid(), NULL, u.name, u.received_at, u.rows, u.csv_bytes, u.csv_cuts, u.csv_checksum,
       u.csv_etag, u.parquet_bytes, u.parquet_checksum, u.parquet_etag, u.footer_bytes, u.footer_crc, u.row_groups, u.schema, u.multi_line,
       u.own_kernels, u.stored_at FROM uploads u, generate_series(1, 200) i`,
  )
  expect(await rows(table, 'SELECT count(*) FROM uploads')).toEqual([[201]])
  await expect(rows(table, 'SELECT max(_upload) FROM data')).rejects.toMatchObject({
    code: 'too-large',
    message: expect.stringContaining('the table has 201 uploads'),
  })
  // The engine is asked, and then the objects are missing.
  await expect(rows(table, 'SELECT * FROM data')).rejects.toMatchObject({ code: 'damaged' })
})

test('an engine that was started again answers, and the next address if one does not', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'table-engine-'))
  const engine = await makeEngine(parts, directory)
  await engine.start()
  const own = `sc://127.0.0.1:${engine.port}`
  const { table } = await open(new SparkConnect(`${own},sc://127.0.0.1:${parts.enginePort}`))
  try {
    await uploaded(table, 'x,X\n1,10\n')
    const sql = 'SELECT x, X_1 FROM data'
    expect(await rows(table, sql)).toEqual([[1, 10]])
    await engine.kill()
    expect(await rows(table, sql)).toEqual([[1, 10]])
    await engine.start()
    expect(await rows(table, sql)).toEqual([[1, 10]])
  } finally {
    await engine.stop()
    rmSync(directory, { recursive: true, force: true })
  }
})

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  vi.restoreAllMocks()
})
