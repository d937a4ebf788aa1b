import fc from 'fast-check'
import { expect, test } from 'vitest'
import { listUnsynced, listUploads } from '../../src/catalogue/database.ts'
import { removeRow } from '../../src/directory/removal.ts'
import type { Store } from '../../src/directory/store.ts'
import { observeFileOperations } from '../../src/files.ts'
import { Arrival } from '../../src/ingest/arrival.ts'
import { commitArrivingUpload, commitUpload } from '../../src/ingest/commit.ts'
import {
  incomingNames,
  opened,
  receive,
  storedNames,
  temporaryDirectory,
  thrown,
} from '../support/directories.ts'

const uuid = '0b9c6d3e-5f0a-4c6e-8f57-3f5a2f1d9b42'
const uploadId = Buffer.from(uuid.replaceAll('-', ''), 'hex')
const receivedAt = '2026-01-02T03:04:05.678Z'

// Stored in its row, in files, and in files with several checksums.
const sizes = [
  ['small', 'x,name\r\n1,"a, b"\r\n2,\r\n'],
  ['large', `x,name\n${'1,"a, b"\n'.repeat(10_000)}`],
  ['very large', `x,name\n${'12345,"a, b"\n'.repeat(800_000)}\n\n`],
] as const

async function commit(store: Store, csv: string, id: Uint8Array | undefined = uploadId) {
  return commitUpload(store.dataDir, await receive(store, csv), receivedAt, { uploadId: id })
}

function expectOne(store: Store): void {
  expect(listUploads(store.dataDir).map(({ id }) => id)).toEqual([1])
  expect(storedNames(store.dataDir)).toEqual(['00000001.csv', '00000001.parquet'])
  expect(incomingNames(store.dataDir)).toEqual([])
}

test.each(sizes)('a repeated %s upload resolves to the first one, also after a restart', async (_, csv) => {
  const dataDir = temporaryDirectory()
  const store = opened(dataDir)
  const first = await commit(store, csv)
  expect(await commit(store, csv)).toEqual(first)
  expectOne(store)
  store.close()
  const again = opened(dataDir)
  expect(await commit(again, csv)).toEqual(first)
  expectOne(again)
})

test('an upload whose first upload is deleted while the two are compared is stored', async () => {
  const store = opened(temporaryDirectory())
  const { dataDir } = store
  await commit(store, 'x\n1\n')
  const id = await receive(store, 'x\n2\n')
  let inserted = false
  observeFileOperations(({ kind }) => {
    if (kind === 'insert') inserted = true
    if (kind !== 'read' || !inserted) return
    observeFileOperations(undefined)
    removeRow(dataDir, 1)
  })
  expect(commitUpload(dataDir, id, receivedAt, { uploadId })).toMatchObject({ id: 2, csvBytes: 4 })
  expect(listUploads(dataDir).map(({ id }) => id)).toEqual([2])
})

test.each(sizes)('other bytes under the id of a %s upload are refused', async (_, csv) => {
  const store = opened(temporaryDirectory())
  await commit(store, csv)
  const last = csv.lastIndexOf('1')
  const others = [
    csv.replace('1', '3'),
    `${csv.slice(0, last)}3${csv.slice(last + 1)}`,
    `${csv}3,c\n`,
    'x\n1\n',
  ]
  for (const other of others) {
    const id = await receive(store, other)
    const error = thrown(() => commitUpload(store.dataDir, id, receivedAt, { uploadId }))
    expect([error.code, error.message]).toEqual([
      'invalid',
      `upload-id ${uuid}: other bytes were uploaded under it (upload 1, received ${receivedAt}): give other data an id of its own`,
    ])
    expectOne(store)
  }
})

test('uploads that differ in any byte count as different', async () => {
  const store = opened(temporaryDirectory())
  const csv = Buffer.from(`text,more\n${'lorem,ipsum\n'.repeat(100)}`)
  commitUpload(store.dataDir, await store.catalogue.reserve(), receivedAt, { held: csv, uploadId })
  await fc.assert(
    fc.asyncProperty(fc.nat(csv.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const other = Buffer.from(csv)
      other[at] = (other[at] as number) ^ change
      const id = await store.catalogue.reserve()
      expect(
        thrown(() => commitUpload(store.dataDir, id, receivedAt, { held: other, uploadId })),
      ).toHaveProperty('code', 'invalid')
    }),
  )
  expectOne(store)
})

test.each(sizes)('one of two simultaneous uploads is stored, whichever is first (%s)', async (_, csv) => {
  const store = opened(temporaryDirectory())
  const [slow, quick] = [await receive(store, csv), await receive(store, csv)]
  const commitOf = (id: number) => commitUpload(store.dataDir, id, receivedAt, { uploadId })
  let first = 0
  observeFileOperations(({ kind }) => {
    if (kind !== 'insert' || first !== 0) return
    first = -1
    first = commitOf(quick).id
  })
  expect(commitOf(slow).id).toBe(quick)
  expect(first).toBe(quick)
  expect(listUploads(store.dataDir).map(({ id }) => id)).toEqual([quick])
  expect(storedNames(store.dataDir)).toEqual(['00000002.csv', '00000002.parquet'])
})

test('a failed upload leaves its id free', async () => {
  const store = opened(temporaryDirectory())
  await expect(commit(store, 'x\n"1\n')).rejects.toThrow('line 2')
  observeFileOperations(({ kind }) => {
    if (kind === 'insert') throw new Error('no insert')
  })
  await expect(commit(store, 'x\n1\n')).rejects.toThrow('no insert')
  observeFileOperations(undefined)
  expect((await commit(store, 'x\n2\n')).id).toBe(3)
})

test('an upload that is converted while it arrives also counts once', async () => {
  const store = opened(temporaryDirectory())
  const [, csv] = sizes[1]
  const arrived = async () => {
    const arrival = new Arrival()
    const id = await receive(store, csv)
    arrival.add(csv.length)
    arrival.onDisk()
    return commitArrivingUpload(store.dataDir, id, receivedAt, arrival, { uploadId })?.id
  }
  expect([await arrived(), await arrived(), (await commit(store, csv)).id]).toEqual([1, 1, 1])
  expectOne(store)
})

test('each upload without an id counts, and so does an upload with another id', async () => {
  const store = opened(temporaryDirectory())
  const csv = 'x\n1\n'
  const other = new Uint8Array(16)
  for (const id of [undefined, undefined, uploadId, other])
    commitUpload(store.dataDir, await receive(store, csv), receivedAt, { uploadId: id })
  expect(listUploads(store.dataDir)).toHaveLength(4)
  expect(listUnsynced(store.dataDir)).toHaveLength(4)
})
