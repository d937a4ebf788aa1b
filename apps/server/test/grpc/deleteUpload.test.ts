import { randomUUID } from 'node:crypto'
import { Metadata, status } from '@grpc/grpc-js'
import type { TableClient } from '@table/proto'
import { expect, test } from 'vitest'
import { repeat } from '../../../../testing/form.ts'
import { spawnHeldServer } from '../support/process.ts'
import {
  called,
  columnSum,
  connectClient,
  eventually,
  failureOf,
  incoming,
  knowsOfCancelled,
  largeCsv,
  serve,
  stored,
  upload,
  uploaded,
} from '../support/server.ts'

async function deleted(client: TableClient, id: bigint): Promise<string> {
  return (await called(client, client.deleteUpload, { id })).error
}

function sums(client: TableClient, column = 'x'): Promise<bigint[]> {
  return Promise.all([columnSum(client, column, 'csv'), columnSum(client, column, 'parquet')])
}

const missing = (id: bigint) =>
  `there is no upload ${id}: it was never stored, or was deleted; list the uploads to see which there are`

test('a deleted upload is gone for every question, with its files, also after a restart', async () => {
  const { client, dataDir, stop } = await serve()
  for (const csv of ['x\n1\n', largeCsv(10), 'x,y\n100,7\n']) await upload(client, csv)
  expect(await deleted(client, 2n)).toBe('')
  expect(await sums(client)).toEqual([101n, 101n])
  expect(await deleted(client, 3n)).toBe('')
  expect(await sums(client)).toEqual([1n, 1n])
  expect(await sums(client, 'y')).toEqual([0n, 0n])
  expect((await called(client, client.getUpload, { id: 2n })).error).toBe(missing(2n))
  await eventually(() => expect(stored(dataDir)).toEqual(['00000001.csv', '00000001.parquet']))
  await stop()

  const again = await serve({ dataDir })
  expect(await sums(again.client)).toEqual([1n, 1n])
  expect(await uploaded(again.client, 'x\n1000\n')).toMatchObject({ id: 4n })
})

const deletions = repeat('TABLE_DELETIONS')

test(`${deletions} deletions under load leave no file behind, and none is missing`, async () => {
  const { client, dataDir, stop } = await serve()
  const upload8 = (from: number, count: number) =>
    inTurns(
      8,
      Array.from({ length: count }, (_, i) => from + i),
      async i => {
        expect(await upload(client, i % 50 === 0 ? largeCsv(1) : `x\n${i}\n`)).toBe('')
      },
    )
  await upload8(0, deletions + 50)
  expect(await upload(client, 'y\n5\n')).toBe('')
  const doomed = Array.from({ length: deletions }, (_, i) => BigInt(i + 1))
  let isOver = false
  const asking = (async () => {
    while (!isOver) {
      expect(await sums(client, 'y')).toEqual([5n, 5n])
    }
  })()
  await Promise.all([
    inTurns(8, doomed, async id => expect(await deleted(client, id)).toBe('')),
    upload8(deletions + 50, 49),
  ])
  isOver = true
  await asking
  const page = { pageSize: 1000, cursor: '', oldestFirst: true, receivedFrom: '', receivedBefore: '' }
  const left = (await called(client, client.listUploads, page)).uploads.map(({ id }) => Number(id))
  expect(left).toEqual(Array.from({ length: 100 }, (_, i) => deletions + 1 + i))
  await stop()
  const names = left.flatMap(id =>
    ['csv', 'parquet'].map(format => `${String(id).padStart(8, '0')}.${format}`),
  )
  expect(stored(dataDir)).toEqual(names)
  expect(incoming(dataDir)).toEqual([])
})

/** Works on `items` with so many at the same time. */
async function inTurns<T>(
  workers: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: workers }, worker))
}

test('what is not there cannot be deleted, and an upload is deleted once', async () => {
  const { client } = await serve()
  await upload(client, 'x\n1\n')
  for (const id of [0n, 2n, -1n, 2n ** 60n]) expect(await deleted(client, id)).toBe(missing(id))
  const answers = await Promise.all(Array.from({ length: 8 }, () => deleted(client, 1n)))
  expect(answers.toSorted()).toEqual(['', ...Array(7).fill(missing(1n))])
})

test('the upload-id of a deleted upload is free again', async () => {
  const { client } = await serve()
  const metadata = new Metadata()
  metadata.set('upload-id', randomUUID())
  expect(await uploaded(client, 'x\n1\n', {}, metadata)).toMatchObject({ id: 1n })
  await deleted(client, 1n)
  expect(await uploaded(client, 'x\n2\n', {}, metadata)).toMatchObject({ error: '', id: 2n })
  expect(await uploaded(client, 'x\n2\n', {}, metadata)).toMatchObject({ error: '', id: 2n })
  expect(await sums(client)).toEqual([2n, 2n])
})

test('a sum that began before a deletion sees the upload, one that begins after does not', async () => {
  const { client, dataDir, hold, held, release } = await spawnHeldServer('open .csv', 2)
  await upload(client, 'x\n1\n')
  await upload(client, 'x\n10\n')
  hold()
  const before = columnSum(client, 'x')
  await held()
  expect(await deleted(client, 1n)).toBe('')
  expect(await deleted(client, 2n)).toBe('')
  expect(await columnSum(client, 'x')).toBe(0n)
  expect(stored(dataDir)).toHaveLength(4)
  release()
  expect(await before).toBe(11n)
  await eventually(() => expect(stored(dataDir)).toEqual([]))
})

test('deletions under load leave no file behind and none missing', async () => {
  const { client, dataDir, port } = await serve({ workers: 4 })
  const count = 100
  const other = connectClient(port)
  const kept = new Set<bigint>()
  let total = 0n
  const uploadAndDelete = async (i: number) => {
    const csv = i % 20 === 0 ? largeCsv(i) : `x\n${i}\n`
    const { error, id } = await uploaded(client, csv)
    expect(error).toBe('')
    if (i % 4 !== 0) expect(await deleted(other, id)).toBe('')
    else {
      kept.add(id)
      total += BigInt(i)
    }
  }
  let asking = true
  const ask = async () => {
    while (asking) await sums(other)
  }
  const questions = [ask(), ask()]
  let next = 0
  const work = async () => {
    while (next < count) await uploadAndDelete(next++)
  }
  await Promise.all(Array.from({ length: 8 }, work))
  asking = false
  await Promise.all(questions)
  expect(await sums(client)).toEqual([total, total])
  const names = [...kept].map(id => String(id).padStart(8, '0')).sort()
  await eventually(() => expect(stored(dataDir)).toEqual(names.flatMap(id => [`${id}.csv`, `${id}.parquet`])))
})

test('a deletion that nobody waits for before its turn does not happen', async () => {
  const { client, hold, held, late, release } = await spawnHeldServer('insert', 1)
  await upload(client, 'x\n1\n')
  await upload(client, 'x\n2\n')
  hold()
  const first = deleted(client, 1n)
  await held()
  const others = Array.from({ length: 1 }, () => deleted(client, 1n))
  const failure = await late(soon =>
    failureOf(
      new Promise((resolve, reject) =>
        client.deleteUpload({ id: 2n }, new Metadata(), soon(), error =>
          error ? reject(error) : resolve(0),
        ),
      ),
    ),
  )
  expect(failure.code).toBe(status.DEADLINE_EXCEEDED)
  await knowsOfCancelled(client)
  release()
  expect(await first).toBe('')
  expect(await Promise.all(others)).toEqual([missing(1n)])
  expect(await columnSum(client, 'x')).toBe(2n)
})
