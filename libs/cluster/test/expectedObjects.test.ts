import { expect, test } from 'vitest'
import { tagOf } from '../src/catalogue/particulars.ts'
import { expectObjects, type StoredObject } from '../src/expectedObjects.ts'
import type { ListedObject } from '../src/objects/listing.ts'
import type { ObjectStore } from '../src/objects/objectStore.ts'

const never = new AbortController().signal
const keyOf = (i: number) => `csv/${String(i).padStart(6, '0')}.csv`
const stored = (i: number): StoredObject => ({
  id: i,
  key: keyOf(i),
  bytes: 7,
  tag: tagOf('e'),
  storedAt: 100,
})

/** A store with these objects, and with how many its lists have had. */
function storeOf(count: number, changes: Record<number, Partial<ListedObject> | undefined> = {}) {
  const objects = Array.from({ length: count }, (_, i) => i)
    .filter(i => !(i in changes) || changes[i] !== undefined)
    .map(i => ({ key: keyOf(i), bytes: 7, etag: '"e"', modified: 100, ...changes[i] }))
  const counted = { listed: 0 }
  const list: ObjectStore['list'] = async function* (start, { from = '' } = {}) {
    for (const object of objects) {
      if (object.key < from || !object.key.startsWith(start ?? '')) continue
      counted.listed++
      yield object
    }
  }
  return { store: { list } as ObjectStore, counted }
}

test.each([[[0]], [[9999]], [[0, 5000, 9999]], [[3, 4, 5]], [[0, 999, 1998, 2997]]])(
  'of many objects in the store, little more is listed than the expected ones: %j',
  async wanted => {
    const { store, counted } = storeOf(10_000)
    await expectObjects(store, 'csv', wanted.toReversed().map(stored), never)
    expect(counted.listed).toBeLessThanOrEqual(1000 * wanted.length)
  },
)

test('all objects are listed once if all are expected', async () => {
  const { store, counted } = storeOf(3000)
  const all = Array.from({ length: 3000 }, (_, i) => stored(i))
  await expectObjects(store, 'csv', all, never)
  expect(counted.listed).toBe(3000)
  await expectObjects(store, 'csv', [], never)
  expect(counted.listed).toBe(3000)
})

test.each([
  ['is missing', undefined],
  ['has 8 bytes, expected 7', { bytes: 8 }],
  ['has other bytes than when it was stored', { etag: 'f' }],
  ['has other bytes than when it was stored', { modified: 102 }],
])('an object that %s is told of, wherever it is', async (problem, change) => {
  for (const damaged of [0, 2500, 2501, 4999]) {
    const { store } = storeOf(5000, { [damaged]: change })
    const wanted = [0, 1, 2500, 2501, 2502, 4999].map(stored)
    await expect(expectObjects(store, 'csv', wanted, never)).rejects.toMatchObject({
      code: 'damaged',
      forClients: expect.stringMatching(new RegExp(`^upload ${damaged}, csv: .*${problem}`)),
    })
  }
})
