import { answerBytes } from '@table/arrow'
import { batchOf, fieldsOf } from '@table/arrow/batches'
import type { AnswerFormat, Table } from '@table/table'
import { RecordBatchReader } from 'apache-arrow'
import { expect, test } from 'vitest'
import { cases, refused } from './cases/queries.ts'
import { emptied, ids, never, upload, whole } from './questions.ts'

/** Tests queries that every dialect of SQL answers alike. The table is empty before each test and after it. */
export function queries(table: () => Table): void {
  test.for(cases)('a query of $name', ({ uploads, sql, columns, rows }) =>
    emptied(table(), async () => {
      for (const [i, csv] of uploads.entries()) await upload(table(), csv, undefined, `${i}.csv`)
      const found = await json(table(), sql)
      expect(found.rows).toEqual(rows)
      if (columns) expect(found.columns).toEqual(columns)
      expect(await json(table(), sql, 'arrow')).toEqual(found)
    }),
  )

  test.for(refused)('a refusal of $name', ({ uploads = ['a\n1\n'], sql, why }) =>
    emptied(table(), async () => {
      for (const csv of uploads) await upload(table(), csv)
      const message = expect.stringMatching(why)
      await expect(json(table(), sql)).rejects.toMatchObject({ code: 'invalid-data', message })
    }),
  )

  test('a query answers what was uploaded before it and not deleted', () =>
    emptied(table(), async () => {
      for (const value of [1, 2, 4, 8]) await upload(table(), `a\n${value}\n`)
      const made = await ids(table())
      const [first = 0, , third = 0] = made
      const sum = async (where = '') => (await json(table(), `SELECT sum(a) FROM data ${where}`)).rows
      expect(await sum()).toEqual([[15]])
      expect(await sum(`WHERE _upload = ${third}`)).toEqual([[4]])
      await table().delete(first)
      expect(await sum()).toEqual([[14]])
      const listed = await json(table(), 'SELECT id FROM uploads ORDER BY id')
      expect(listed.rows).toEqual(made.slice(1).map(id => [id]))
    }))

  test('an answer is CSV that can be uploaded, and a Parquet file', () =>
    emptied(table(), async () => {
      await upload(table(), 'a,b,c\n1,x,0.5\n2,,\n')
      const sql = 'SELECT a, b, c FROM data ORDER BY a'
      expect(`${await answer(table(), sql, 'csv')}`).toBe('a,b,c\n1,x,0.5\n2,,\n')
      const parquet = await answer(table(), sql, 'parquet')
      expect(`${parquet.subarray(0, 4)}${parquet.subarray(-4)}`).toBe('PAR1PAR1')
      await expect(answer(table(), 'SELECT 1 AS a, 2 AS a', 'parquet')).rejects.toMatchObject({
        code: 'invalid-data',
        message: expect.stringContaining('two columns are called "a"'),
      })
    }))

  test('a query that nobody waits for is cancelled', () =>
    emptied(table(), async () => {
      await upload(table(), 'a\n1\n')
      const parts = table().query('SELECT a FROM data', 'json', AbortSignal.abort())
      await expect(whole(parts)).rejects.toMatchObject({ code: 'cancelled' })
      expect((await json(table(), 'SELECT a FROM data')).rows).toEqual([[1]])
    }))
}

function answer(table: Table, sql: string, format: AnswerFormat): Promise<Buffer> {
  return whole(table.query(sql, format, never))
}

/** Returns an answer as JSON, from JSON or from Arrow. */
async function json(table: Table, sql: string, format: 'json' | 'arrow' = 'json') {
  const bytes = await answer(table, sql, format)
  const { columns, rows } = JSON.parse(`${format === 'json' ? bytes : await jsonOfArrow(bytes)}`)
  return { columns: columns.map(({ name }: { name: string }) => name), rows }
}

function jsonOfArrow(bytes: Uint8Array): Promise<Buffer> {
  const reader = RecordBatchReader.from(bytes).open()
  async function* batches() {
    for (const batch of reader) yield batchOf(batch)
  }
  return whole(answerBytes({ fields: fieldsOf(reader), batches: batches() }, 'json'))
}
