import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetMetadata } from 'hyparquet'
import { expect, onTestFinished, test } from 'vitest'
import { Link } from '../../../../../scripts/cluster/link.ts'
import { makeSail } from '../../../../../scripts/cluster/sail.ts'
import { bucket, parts } from '../../../../../testing/cluster/shared.ts'
import { SparkConnect } from '../../../src/engine/sparkConnect.ts'
import { put, questionOf } from './files.ts'

const never = new AbortController().signal
const COLUMNS = 8
const ROWS = 200_000

/** What HTTP adds to the bytes of a file, and what is read of a file beside the column's chunks: at most 512 KiB around the footer. */
const BESIDE = 600_000

test('a sum over Parquet takes the chunks of its column and the footer from the store, and a sum over CSV the whole file', async () => {
  const link = await Link.to({ port: Number(new URL(parts.endpoint).port) })
  const sail = await makeSail({ endpoint: `http://127.0.0.1:${link.port}`, credentials: parts.credentials })
  await sail.start()
  const engine = new SparkConnect(`sc://127.0.0.1:${sail.port}`)
  onTestFinished(async () => {
    engine.close()
    await sail.stop()
    link.close()
  })
  const { name, folder } = bucket()
  const values = new BigInt64Array(randomBytes(8 * COLUMNS * ROWS).buffer)
  const rows = Array.from({ length: ROWS }, (_, i) => values.subarray(i * COLUMNS, (i + 1) * COLUMNS).join())
  const csv = `${Array.from({ length: COLUMNS }, (_, i) => `c${i}`)}\n${rows.join('\n')}\n`
  const file = put(folder, csv)
  const bytesOf = async (format: 'csv' | 'parquet') => {
    const before = link.received
    const { sum } = await engine.columnSum(questionOf([file], 'c5', format, name).question, never)
    expect(sum).toBe(values.filter((_, i) => i % COLUMNS === 5).reduce((total, value) => total + value, 0n))
    return link.received - before
  }
  const parquet = readFileSync(join(folder, `${file.key}.parquet`))
  const { row_groups } = parquetMetadata(new Uint8Array(parquet).buffer)
  const chunks = row_groups.map(({ columns }) => Number(columns[5]?.meta_data?.total_compressed_size))
  const column = chunks.reduce((total, bytes) => total + bytes, 0)
  const read = await bytesOf('parquet')
  console.log(
    `parquet: ${read} of ${parquet.length} bytes, the column has ${column}; csv: ${csv.length} bytes`,
  )
  expect(read).toBeGreaterThanOrEqual(column)
  expect(read).toBeLessThan(column + BESIDE)
  expect(column + BESIDE).toBeLessThan(parquet.length / 3)
  expect(await bytesOf('csv')).toBeGreaterThanOrEqual(csv.length)
})
