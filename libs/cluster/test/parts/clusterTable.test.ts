import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { incomingDirectory } from '@table/storage'
import { ANSWER_BYTES, type PageRequest } from '@table/table'
import { describe, expect, test } from 'vitest'
import { parts } from '../../../../testing/cluster/shared.ts'
import { whole } from '../../../../testing/conformance/questions.ts'
import { SparkConnect } from '../../src/engine/sparkConnect.ts'
import { damagesOf } from '../support/damages.ts'
import { type Deployment, never, newDeployment, opened, uploaded } from '../support/table.ts'

const firstPage: PageRequest = {
  after: undefined,
  oldestFirst: true,
  receivedFrom: undefined,
  receivedBefore: undefined,
  uploads: 100,
  bytes: ANSWER_BYTES,
}

const sums = (table: Awaited<ReturnType<typeof opened>>['table'], column: string) =>
  Promise.all(['csv', 'parquet'].map(format => table.columnSum(column, format, never)))

/** The same tests with our kernels alone, and with an engine for the columns that an engine reads. */
describe.each(['kernels', 'engine'])('with %s', kind => {
  const open = (deployment?: Deployment) =>
    opened(deployment, kind === 'engine' ? new SparkConnect(`sc://127.0.0.1:${parts.enginePort}`) : undefined)

  test('an upload is summed by the server that has it and by every other one', async () => {
    const deployment = newDeployment()
    const one = await open(deployment)
    const other = await open(deployment)
    expect(await sums(other.table, 'x')).toEqual([0n, 0n])
    const result = await uploaded(one.table, 'x,y\n1,a\n2,b\n')
    expect(result).toEqual({
      id: 1,
      isNew: true,
      rows: 2,
      csvBytes: 12,
      columns: [
        { name: 'x', type: 'int64' },
        { name: 'y', type: 'text' },
      ],
      warnings: [],
    })
    await uploaded(other.table, 'y,x\nc,40\n')
    for (const { table } of [one, other]) expect(await sums(table, 'x')).toEqual([43n, 43n])
    expect(readdirSync(join(deployment.folder, 'csv'))).toHaveLength(2)
  })

  test('a repeated upload counts once, other bytes under its id are refused', async () => {
    const deployment = newDeployment()
    const one = await open(deployment)
    const other = await open(deployment)
    const uploadId = randomBytes(16)
    const first = await uploaded(one.table, 'x\n1\n', { uploadId })
    expect(await uploaded(other.table, 'x\n1\n', { uploadId })).toEqual({ ...first, isNew: false })
    await expect(uploaded(other.table, 'x\n2\n', { uploadId })).rejects.toThrow('other bytes were uploaded')
    expect(await sums(one.table, 'x')).toEqual([1n, 1n])
    expect(readdirSync(join(deployment.folder, 'csv'))).toHaveLength(1)
    await one.table.delete(first.id)
    expect((await uploaded(other.table, 'x\n2\n', { uploadId })).id).toBeGreaterThan(first.id)
  })

  test('uploads are listed, described, downloaded and deleted', async () => {
    const deployment = newDeployment()
    const { table } = await open(deployment)
    const csv = 'x,d,t,w\n1,0.5,2026-01-01,a\n-3,,2025-12-31,\n'
    await uploaded(table, csv, { name: 'first.csv' })
    await uploaded(table, 'x\n7\n')
    const { uploads, more } = await table.list(firstPage)
    expect(more).toBe(false)
    expect(uploads.map(({ id, name, rows, columns }) => [id, name, rows, columns.length])).toEqual([
      [1, 'first.csv', 2, 4],
      [2, undefined, 1, 1],
    ])
    expect(await table.list({ ...firstPage, oldestFirst: false, uploads: 1 })).toEqual({
      uploads: [uploads[1]],
      more: true,
    })
    expect(await table.get(1, ANSWER_BYTES)).toEqual(uploads[0])
    expect(await table.get(9, ANSWER_BYTES)).toBeUndefined()
    const described = await table.describe({ columns: 10, bytes: 1000 })
    expect(described).toMatchObject({ uploads: 2, rows: 3, moreColumns: 0 })
    expect(described.columns.map(({ name, rows, nulls, min, max }) => [name, rows, nulls, min, max])).toEqual(
      [
        ['x', 3, 0, '-3', '7'],
        ['d', 2, 1, '0.5', '0.5'],
        ['t', 2, 0, '2025-12-31', '2026-01-01'],
        ['w', 2, 1, '', ''],
      ],
    )
    const file = await table.open(1, 'csv')
    if (!file) throw new Error('the upload is missing')
    expect(Buffer.concat(await Array.fromAsync(file.parts(), part => Buffer.from(part))).toString()).toBe(csv)
    expect(Buffer.concat(await Array.fromAsync(file.range(2, 9), Buffer.from)).toString()).toBe(
      csv.slice(2, 9),
    )
    expect(await table.delete(1)).toBe(true)
    expect(await table.delete(1)).toBe(false)
    expect(await table.open(1, 'csv')).toBeUndefined()
    expect(await sums(table, 'x')).toEqual([7n, 7n])
    expect(await table.describe({ columns: 10, bytes: 1000 })).toMatchObject({ uploads: 1, rows: 1 })
  })

  test('statistics are the same from both formats', async () => {
    const { table } = await open()
    await uploaded(table, 'x,d,w\n1,0.1,b\n,0.2,a\n5,,\n')
    await uploaded(table, 'd,x\n0.7,9223372036854775807\n')
    const csv = await table.stats(['x', 'd', 'w', 'none'], 'csv', never)
    expect(csv).toEqual(await table.stats(['x', 'd', 'w', 'none'], 'parquet', never))
    expect(csv.map(({ rows, nulls, min, max, sum }) => [rows, nulls, min, max, sum])).toEqual([
      [4, 1, '1', '9223372036854775807', '9223372036854775813'],
      [4, 1, '0.1', '0.7', '1'],
      [3, 1, 'a', 'b', ''],
      [0, 0, '', '', ''],
    ])
  })

  test('a column that is no number in some upload has no sum, and the error names the place', async () => {
    const { table } = await open()
    await uploaded(table, 'x\n1\n')
    await uploaded(table, 'x\n1\n2\nabc\n', { name: 'bad.csv' })
    for (const format of ['csv', 'parquet'])
      await expect(table.columnSum('x', format, never)).rejects.toThrow(
        /column "x" is text in upload 2 \("bad.csv", received .*\): line 4 has "abc", expected integers; 1 other upload is fine/,
      )
    const { warnings } = await uploaded(table, 'x\nword\n')
    expect(warnings.join()).toContain('line 2 has "word"')
  })

  test('doubles and integers in text are summed exactly', async () => {
    const { table } = await open()
    await uploaded(table, 'x\n0.5\n0.25\n')
    await uploaded(table, 'x\n007\n1\n')
    await uploaded(table, 'x\n0.25\n')
    expect(await sums(table, 'x')).toEqual([9n, 9n])
  })

  test('a file of some MiB is converted, fetched in parts and summed', async () => {
    const { table } = await open()
    const rows = Array.from({ length: 400_000 }, (_, i) => `${i},text ${i},${i / 2}`)
    await uploaded(table, `a,b,c\n${rows.join('\n')}\n`)
    const expected = (400_000n * 399_999n) / 2n
    expect(await sums(table, 'a')).toEqual([expected, expected])
    expect(await sums(table, 'c')).toEqual([expected / 2n, expected / 2n])
  })

  test('what was deleted, cut or changed in the store is told, with its upload', async () => {
    const { table, cluster } = await open()
    await uploaded(table, 'x\n1\n')
    const places = [
      ['csv', 2],
      ['parquet', 60],
    ] as const
    for (const [format, place] of places) {
      for (const damage of await damagesOf({ table, cluster }, format, place)) {
        await damage()
        await expect(table.columnSum('x', format, never)).rejects.toMatchObject({
          code: 'damaged',
          message: expect.stringContaining('upload 1'),
        })
      }
    }
  })
})

/** Nothing listens there. */
const noEngine = () => new SparkConnect('sc://127.0.0.1:1')

test("a CSV whose lines an engine may see otherwise is not the engine's", async () => {
  const { table } = await opened(newDeployment(), noEngine())
  for (const csv of ['x,y\n1,"a\rb"\n', '\nx,y\n2,a\n', 'x,y\n3,"a\nb"\r\n']) await uploaded(table, csv)
  expect(await table.columnSum('x', 'csv', never)).toBe(6n)
  expect(await table.stats(['x'], 'csv', never)).toMatchObject([{ rows: 3, min: '1', max: '3' }])
  await uploaded(table, 'x,y\n4,"a\nb"\n')
  await expect(table.columnSum('x', 'csv', never)).rejects.toMatchObject({ code: 'unavailable' })
})

test('of what an earlier release took, our kernels sum every CSV with line breaks in fields', async () => {
  const deployment = newDeployment()
  const { table, cluster } = await opened(deployment, noEngine())
  await uploaded(table, 'x,y\n1,"a\nb"\n')
  await expect(table.columnSum('x', 'csv', never)).rejects.toMatchObject({ code: 'unavailable' })
  await cluster.database.rows('UPDATE deployment SET version = 2')
  const later = await opened(deployment, noEngine())
  expect(await later.table.columnSum('x', 'csv', never)).toBe(1n)
})

test('no upload leaves a file in the spool, and all of its bytes are in the store', async () => {
  const { table, cluster } = await opened()
  const spooled = () => readdirSync(incomingDirectory(cluster.spool.path))
  const numbers = (count: number) => Array.from({ length: count }, () => randomBytes(8).readBigInt64LE())
  const csvOf = (count: number) => `x\n${numbers(count).join('\n')}\n`
  // Both files are held in memory, then only the CSV, then neither.
  for (const [i, count] of [100, 10_000, 50_000].entries()) {
    const csv = csvOf(count)
    const uploadId = randomBytes(16)
    const { id, columns } = await uploaded(table, csv, { uploadId })
    expect(columns).toEqual([{ name: 'x', type: 'int64' }])
    expect(spooled()).toEqual([])
    expect((await whole((await table.open(id, 'csv'))?.parts())).toString()).toBe(csv)
    expect((await whole((await table.open(id, 'parquet'))?.parts())).length > 64 * 1024).toBe(i > 0)
    expect(await uploaded(table, csv, { uploadId })).toMatchObject({ id, isNew: false })
    await expect(uploaded(table, csvOf(count), { uploadId })).rejects.toThrow('other bytes')
    await expect(uploaded(table, `${csv}1,2\n`)).rejects.toThrow('line')
    const { warnings } = await uploaded(table, `${csv}?\n`)
    expect(warnings).toEqual([expect.stringContaining(`line ${count + 2}`)])
    expect(spooled()).toEqual([])
  }
})
