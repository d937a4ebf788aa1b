import { expect, test } from 'vitest'
import { Catalogue, type SharedState, sharedState } from '../../src/catalogue/catalogue.ts'
import { ColumnCensus } from '../../src/catalogue/census.ts'
import { Guarded } from '../../src/catalogue/lock.ts'
import type { Upload } from '../../src/catalogue/upload.ts'
import { listedUpload, UploadList } from '../../src/catalogue/uploadList.ts'
import { uploadOf } from '../support/directories.ts'

function stateOf(uploads: Upload[], nextId: number): SharedState {
  const list = new UploadList()
  for (const upload of uploads) list.append(listedUpload(upload))
  const census = new ColumnCensus()
  for (const { columns } of uploads) census.add(columns)
  return sharedState(list, nextId, census)
}

function catalogueOf(uploads: Upload[], nextId = 100): Catalogue {
  return new Catalogue(new Guarded(stateOf(uploads, nextId)))
}

async function publishedIds(catalogue: Catalogue): Promise<number[]> {
  return Array.from((await catalogue.snapshot()).uploads, ({ id }) => id)
}

test('ids go on where they are told to, and none is given out twice', async () => {
  const catalogue = catalogueOf([uploadOf(3), uploadOf(7)], 12)
  expect(await Promise.all([catalogue.reserve(), catalogue.reserve()])).toEqual([12, 13])
})

test('a snapshot has what a sum needs of every published upload', async () => {
  const cuts = uploadOf(2, { csvBytes: 9_000_000_000, csvCuts: [5_000_000, 8_000_000_000], schema: 9 })
  const catalogue = catalogueOf([uploadOf(1)])
  await catalogue.publish(cuts)
  const { uploads, schemas } = await catalogue.snapshot()
  expect(Array.from(uploads, upload => ({ ...upload }))).toEqual([
    {
      id: 1,
      receivedAt: Date.parse('2026-01-02T03:04:05.678Z'),
      rows: 1,
      csvBytes: 10,
      parquetBytes: 20,
      footerBytes: 8,
      footerCrc: -1,
      rowGroups: 1,
      schema: 1,
      csvCuts: [],
    },
    expect.objectContaining({ id: 2, csvBytes: 9_000_000_000, csvCuts: cuts.csvCuts, schema: 9 }),
  ])
  expect([uploads.length, uploads.rows]).toEqual([2, 2])
  expect(schemas).toBe(2)
})

test('many uploads are there, in the order in which they were published', async () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_007)
  const catalogue = catalogueOf([])
  for (const id of ids) await catalogue.publish(uploadOf(id + 1))
  expect(await publishedIds(catalogue)).toEqual(ids.map(id => id + 1))
})

test('an upload that is published twice is there once', async () => {
  const catalogue = catalogueOf([uploadOf(1), uploadOf(3)])
  for (const id of [1, 2, 2, 3]) await catalogue.publish(uploadOf(id))
  expect(await publishedIds(catalogue)).toEqual([1, 3, 2])
})

test('a snapshot is not changed by what is published after it', async () => {
  const catalogue = catalogueOf([uploadOf(1)])
  const before = await catalogue.snapshot()
  await catalogue.publish(uploadOf(2, { schema: 2, csvCuts: [1] }))
  const after = await catalogue.snapshot()
  expect([...before.uploads]).toHaveLength(1)
  expect(before.schemas).toBe(1)
  expect([...after.uploads]).toHaveLength(2)
  expect(after.schemas).toBe(2)
})

test('nothing shared is touched without the lock', async () => {
  let touches = 0
  const touch = (what: PropertyKey) => {
    if (!shared.held) throw new Error(`${String(what)} was touched without the lock`)
    touches++
  }
  const watched = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, key) {
        touch(key)
        const value = Reflect.get(object, key, object)
        // Methods work on the object itself alone, which has private fields.
        return typeof value === 'function' ? value.bind(object) : value
      },
      set(object, key, value) {
        touch(key)
        return Reflect.set(object, key, value, object)
      },
    })
  const { uploads, published, schemas, ...rest } = stateOf([uploadOf(1)], 2)
  const shared: Guarded<SharedState> = new Guarded(
    watched({
      ...rest,
      uploads: watched(uploads),
      published: watched(published),
      schemas: watched(schemas),
    }),
  )
  const catalogue = new Catalogue(shared)

  const ids = await Promise.all([1, 2, 3, 4].map(() => catalogue.reserve()))
  await Promise.all([...ids.map(id => catalogue.publish(uploadOf(id))), catalogue.snapshot()])
  const { uploads: snapshot } = await catalogue.snapshot()

  const before = touches
  expect(Array.from(snapshot, upload => upload.id)).toEqual([1, 2, 3, 4, 5])
  expect(touches).toBe(before)
  expect(before).toBeGreaterThan(20)
  expect(() => watched(uploads).length).toThrow('length was touched without the lock')
})

test('a removed upload is in earlier snapshots and in no later one', async () => {
  const catalogue = catalogueOf([uploadOf(1), uploadOf(2, { csvCuts: [4] }), uploadOf(3)])
  const before = await catalogue.snapshot()
  expect(await catalogue.remove(2, [])).toBe(true)
  const between = await catalogue.snapshot()
  expect([before.uploads.rows, between.uploads.rows]).toEqual([3, 2])
  await catalogue.publish(uploadOf(4))
  expect(await catalogue.remove(1, [])).toBe(true)
  expect(Array.from(before.uploads, ({ id, csvCuts }) => [id, csvCuts])).toEqual([
    [1, []],
    [2, [4]],
    [3, []],
  ])
  expect(Array.from(between.uploads, ({ id }) => id)).toEqual([1, 3])
  expect(await publishedIds(catalogue)).toEqual([3, 4])
  const lengths = [before, between, await catalogue.snapshot()].map(({ uploads }) => uploads.length)
  expect(lengths).toEqual([3, 2, 2])
})

test('an upload is removed once, and one that was never published is not', async () => {
  const catalogue = catalogueOf([uploadOf(1), uploadOf(2)])
  expect([
    await catalogue.remove(1, []),
    await catalogue.remove(1, []),
    await catalogue.remove(7, []),
  ]).toEqual([true, false, false])
})

test('an upload that is published again after its removal stays removed', async () => {
  const catalogue = catalogueOf([uploadOf(1)])
  await catalogue.remove(1, [])
  await catalogue.publish(uploadOf(1))
  expect(await publishedIds(catalogue)).toEqual([])
  expect(await catalogue.has(1)).toBe(true)
})

test('uploads can be removed by the thousand, under a snapshot that has them', async () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => i + 1)
  const catalogue = catalogueOf(ids.map(id => uploadOf(id)))
  const before = await catalogue.snapshot()
  for (const id of ids) if (id !== 9000) await catalogue.remove(id, [])
  await catalogue.publish(uploadOf(10_001))
  expect(await publishedIds(catalogue)).toEqual([9000, 10_001])
  expect(Array.from(before.uploads, ({ id }) => id)).toEqual(ids)
})

test('a removed upload does not count when columns clash', async () => {
  const catalogue = catalogueOf([uploadOf(1), uploadOf(2)])
  const text = uploadOf(3, { columns: [{ name: 'x', type: 'text' }] })
  await catalogue.remove(1, uploadOf(1).columns)
  expect(await catalogue.publish(text)).toMatchObject([{ int64: 1 }])
  await catalogue.remove(2, uploadOf(2).columns)
  expect(await catalogue.publish({ ...text, id: 4 })).toEqual([])
})

test('a description has the uploads and the columns of the same moment', async () => {
  const catalogue = catalogueOf([uploadOf(1), uploadOf(2)])
  expect(await catalogue.remove(1, uploadOf(1).columns)).toBe(true)
  expect(await catalogue.remove(1, uploadOf(1).columns)).toBe(false)
  const { uploads, named } = await catalogue.described(10, 1000)
  expect(Array.from(uploads, ({ id }) => id)).toEqual([2])
  expect(named).toEqual({
    columns: [
      { name: 'x', types: [{ type: 'int64', uploads: 1 }] },
      { name: 'größe, "m"', types: [{ type: 'text', uploads: 1 }] },
    ],
    more: 0,
  })
  expect((await catalogue.described(1, 1000)).named.more).toBe(1)
})

test('an upload that is published is known also after its removal', async () => {
  const catalogue = catalogueOf([uploadOf(1)])
  await catalogue.publish(uploadOf(5))
  await catalogue.remove(5, uploadOf(5).columns)
  expect(await Promise.all([1, 5, 6].map(id => catalogue.has(id)))).toEqual([true, true, false])
})
