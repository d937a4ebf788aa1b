import { expect, test } from 'vitest'
import type { Cancellation } from '../../src/cancellation.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import { type FileOperation, observeFileOperations } from '../../src/files.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import { type Format, storedFile } from '../../src/paths.ts'
import { sumCsvColumn } from '../../src/sum/csv.ts'
import { nearestDouble } from '../../src/sum/exactNumber.ts'
import { sumParquetColumn } from '../../src/sum/parquet.ts'
import { sumPieces } from '../../src/sum/pieces.ts'
import { planSum } from '../../src/sum/plan.ts'
import { opened, receive, temporaryDirectory, thrown } from '../support/directories.ts'

const formats = ['csv', 'parquet'] as const

/** Three uploads, and a sum of theirs that is cancelled at the operation of that kind and number, from 1. */
async function summing(format: Format, kind?: FileOperation['kind'], number = 1) {
  const store = opened(temporaryDirectory())
  for (const csv of ['x\n1\n', 'x\n2\n', 'x\n3\n'])
    await store.catalogue.publish(
      commitUpload(store.dataDir, await receive(store, csv), '2026-01-02T03:04:05.678Z'),
    )
  const { uploads } = await store.catalogue.snapshot()
  const places = findColumn(store.dataDir, 'x')
  const cancellation: Cancellation = new Int32Array(new SharedArrayBuffer(4))
  const seen: string[] = []
  const sum = () => {
    observeFileOperations(operation => {
      seen.push(operation.kind)
      if (operation.kind === kind && seen.filter(other => other === kind).length === number)
        Atomics.store(cancellation, 0, 1)
    })
    const [plan] = planSum(uploads, places, format, 4)
    return sumPieces(store.dataDir, plan, cancellation).integers
  }
  return { sum, seen, cancellation, dataDir: store.dataDir }
}

test.each(formats)('a sum of %s files that was cancelled before it began opens none', async format => {
  const { sum, seen, cancellation } = await summing(format)
  expect(sum()).toBe(6n)
  seen.length = 0
  Atomics.store(cancellation, 0, 1)
  expect(thrown(sum).code).toBe('cancelled')
  expect(seen).toEqual([])
})

test.each(formats)(
  'a sum of %s files that is cancelled is no damage, and opens no further file',
  async format => {
    const { sum, seen } = await summing(format, 'open', 2)
    expect(thrown(sum)).toMatchObject({ code: 'cancelled', message: expect.not.stringContaining('upload') })
    expect(seen.filter(kind => kind === 'open')).toHaveLength(2)
  },
)

test('a sum of a Parquet file looks at the cancellation before it reads a column chunk', async () => {
  const { cancellation, seen, dataDir } = await summing('parquet')
  Atomics.store(cancellation, 0, 1)
  observeFileOperations(({ kind }) => seen.push(kind))
  const path = storedFile(dataDir, 1, 'parquet')
  expect(thrown(() => sumParquetColumn(path, 'x', cancellation)).code).toBe('cancelled')
  expect(seen.filter(kind => kind === 'read')).toHaveLength(2) // the footer's length, and the footer
})

test('a sum of a CSV file looks at the cancellation block by block', async () => {
  const { cancellation, dataDir } = await summing('csv')
  const path = storedFile(dataDir, 1, 'csv')
  expect(sumCsvColumn(path, 0, 1, cancellation)).toBe(1n)
  Atomics.store(cancellation, 0, 1)
  expect(thrown(() => sumCsvColumn(path, 0, 1, cancellation)).code).toBe('cancelled')
})

test.each(formats)('doubles in %s files are summed as doubles', async format => {
  const store = opened(temporaryDirectory())
  for (const csv of ['x\n0.5\n', 'x\n1.25\n'])
    await store.catalogue.publish(
      commitUpload(store.dataDir, await receive(store, csv), '2026-01-02T03:04:05.678Z'),
    )
  const { uploads } = await store.catalogue.snapshot()
  const [plan, ...more] = planSum(uploads, findColumn(store.dataDir, 'x'), format, 4)
  expect(more).toEqual([])
  if (!plan) throw new Error('no plan')
  expect(plan.type).toBe('double')
  const { integers, doubles } = sumPieces(store.dataDir, plan)
  expect([integers, nearestDouble(doubles?.units ?? 0n)]).toEqual([0n, 1.75])
})
