import { randomUUID } from 'node:crypto'
import { Metadata } from '@grpc/grpc-js'
import type { ListUploadsReq, TableClient } from '@table/proto'
import { expect, test } from 'vitest'
import { called, serve, upload, uploaded } from '../support/server.ts'

const firstPage: ListUploadsReq = {
  pageSize: 0,
  cursor: '',
  oldestFirst: false,
  receivedFrom: '',
  receivedBefore: '',
}

function list(client: TableClient, request: Partial<ListUploadsReq> = {}) {
  return called(client, client.listUploads, { ...firstPage, ...request })
}

function get(client: TableClient, id: bigint) {
  return called(client, client.getUpload, { id })
}

async function ids(client: TableClient, request: Partial<ListUploadsReq> = {}): Promise<bigint[]> {
  const { error, uploads } = await list(client, request)
  expect(error).toBe('')
  return uploads.map(({ id }) => id)
}

test('an upload is listed with everything that is known of it', async () => {
  const { client } = await serve()
  expect(await list(client)).toEqual({ error: '', uploads: [], nextCursor: '' })
  const metadata = new Metadata()
  const uploadId = randomUUID()
  metadata.set('upload-id', uploadId)
  metadata.set('upload-name-bin', Buffer.from('größe.csv'))
  const began = Date.now()
  await uploaded(client, 'x,t\n1,a\n2,b\n', {}, metadata)
  await upload(client, 'y\n')

  const { uploads } = await list(client)
  expect(uploads).toMatchObject([
    { id: 2n, uploadId: '', name: '', rows: 0n, csvBytes: 2n, columns: [{ name: 'y', type: 'int64' }] },
    {
      id: 1n,
      uploadId,
      name: 'größe.csv',
      rows: 2n,
      csvBytes: 12n,
      columns: [
        { name: 'x', type: 'int64' },
        { name: 't', type: 'text' },
      ],
    },
  ])
  const [, first] = uploads
  expect(Date.parse(first?.receivedAt ?? '')).toBeGreaterThanOrEqual(began)
  expect(first?.parquetBytes).toBeGreaterThan(100n)
  expect(await get(client, 1n)).toEqual({ error: '', upload: first })
})

test.each([false, true])('pages hold every upload once, in order (oldest first: %s)', async oldestFirst => {
  const { client } = await serve()
  for (let i = 0; i < 7; i++) await upload(client, 'x\n1\n')
  const seen: bigint[] = []
  for (let cursor = '', page = 0; page === 0 || cursor !== ''; page++) {
    const { uploads, nextCursor } = await list(client, { pageSize: 3, cursor, oldestFirst })
    expect(uploads).toHaveLength(page === 2 ? 1 : 3)
    seen.push(...uploads.map(({ id }) => id))
    cursor = nextCursor
    // New uploads come after the last page or before the first one.
    if (page === 0 && !oldestFirst) await upload(client, 'x\n2\n')
  }
  const all = [1n, 2n, 3n, 4n, 5n, 6n, 7n]
  expect(seen).toEqual(oldestFirst ? all : all.reverse())
})

test('a list can be of a span of time', async () => {
  const { client } = await serve()
  await upload(client, 'x\n1\n')
  const { uploads } = await list(client)
  const received = uploads[0]?.receivedAt ?? ''
  const later = new Date(Date.parse(received) + 1).toISOString()
  expect(await ids(client, { receivedFrom: received, receivedBefore: later })).toEqual([1n])
  expect(await ids(client, { receivedFrom: received.replace('Z', '0001+00:00') })).toEqual([])
  expect(await ids(client, { receivedBefore: received })).toEqual([])
  expect(await ids(client, { receivedBefore: received.replace('Z', '0001Z') })).toEqual([1n])
})

test('what is wrong with a question about uploads is told in the answer', async () => {
  const { client } = await serve()
  for (let i = 0; i < 2; i++) await upload(client, 'x\n1\n')
  const errorOf = async (request: Partial<ListUploadsReq>) => (await list(client, request)).error
  expect(await errorOf({ pageSize: 1001 })).toBe('page_size: found 1001, expected 1 to 1000, or 0 for 100')
  expect(await errorOf({ pageSize: -1 })).toContain('found -1')
  expect(await errorOf({ cursor: '7' })).toBe(
    'cursor: found "7", expected the next_cursor of an earlier page',
  )
  const { nextCursor } = await list(client, { pageSize: 1 })
  expect(await errorOf({ cursor: nextCursor, oldestFirst: true })).toContain('the other order')
  expect(await errorOf({ receivedFrom: 'today' })).toBe(
    'received_from: found "today", expected a time such as 2026-11-28T16:05:00Z',
  )
  for (const id of [0n, 3n, -1n, 2n ** 62n])
    expect(await get(client, id)).toMatchObject({
      error: `there is no upload ${id}: it was never stored, or was deleted; list the uploads to see which there are`,
      upload: undefined,
    })
})

test('a page of wide tables is cut to what a client takes, and a table that is too wide is listed without columns', async () => {
  const { client } = await serve({ limits: { headerBytes: 8 * 1024 * 1024 } })
  const name = 'n'.repeat(1000)
  const header = (columns: number) =>
    `${Array.from({ length: columns }, (_, i) => `${name}${i}`).join(',')}\n`
  for (const columns of [1000, 1000, 1000, 3500]) expect(await upload(client, header(columns))).toBe('')
  const page = await list(client)
  expect(page.uploads.map(({ id, columns }) => [id, columns.length])).toEqual([
    [4n, 0],
    [3n, 1000],
    [2n, 1000],
    [1n, 1000],
  ])
  for (let i = 0; i < 2; i++) await upload(client, header(1001))
  const first = await list(client)
  expect(first.uploads.map(({ id }) => id)).toEqual([6n, 5n, 4n, 3n])
  expect((await list(client, { cursor: first.nextCursor })).uploads.map(({ id }) => id)).toEqual([2n, 1n])
})
