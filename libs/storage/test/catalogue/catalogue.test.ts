import { expect, test } from 'vitest'
import { Catalogue, type SharedState, sharedState } from '../../src/catalogue/catalogue.ts'
import { Guarded } from '../../src/catalogue/lock.ts'
import type { Upload } from '../../src/catalogue/upload.ts'
import { uploadOf } from './support.ts'

function catalogueOf(uploads: Upload[]): Catalogue {
  return new Catalogue(new Guarded(sharedState(uploads)))
}

test('ids go on after the last committed upload, and none is given out twice', async () => {
  const catalogue = catalogueOf([uploadOf(3), uploadOf(7)])
  expect(await Promise.all([catalogue.reserve(), catalogue.reserve()])).toEqual([8, 9])
  expect(await catalogueOf([]).reserve()).toBe(1)
})

test('a snapshot has every published upload by ascending id, whatever the order of arrival', async () => {
  const catalogue = catalogueOf([uploadOf(1)])
  for (const id of [4, 2, 5, 3]) await catalogue.publish(uploadOf(id))
  expect(await catalogue.snapshot()).toEqual([1, 2, 3, 4, 5].map(id => uploadOf(id)))
})

test('an upload that is published twice is there once', async () => {
  const catalogue = catalogueOf([uploadOf(1), uploadOf(3)])
  for (const id of [1, 2, 2, 3]) await catalogue.publish(uploadOf(id))
  expect((await catalogue.snapshot()).map(({ id }) => id)).toEqual([1, 2, 3])
})

test('a snapshot is not changed by what is published after it', async () => {
  const catalogue = catalogueOf([uploadOf(1)])
  const before = await catalogue.snapshot()
  await catalogue.publish(uploadOf(2))
  const after = await catalogue.snapshot()
  expect(before).toHaveLength(1)
  expect(after).toHaveLength(2)
})

test('snapshots with nothing published in between are one array', async () => {
  const catalogue = catalogueOf([uploadOf(1)])
  expect(await catalogue.snapshot()).toBe(await catalogue.snapshot())
})

test('uploads of one schema share one array of columns', async () => {
  const catalogue = catalogueOf([uploadOf(1)])
  await catalogue.publish(uploadOf(2))
  await catalogue.publish(uploadOf(3, { columns: [{ name: 'x', type: 'double' }] }))
  await catalogue.publish(uploadOf(4, { columns: [{ name: 'x', type: 'double' }] }))
  const [first, second, third, fourth] = await catalogue.snapshot()
  expect(second.columns).toBe(first.columns)
  expect(third.columns).not.toBe(first.columns)
  expect(fourth.columns).toBe(third.columns)
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
        const value = Reflect.get(object, key)
        // The methods of a Map work on the Map itself alone.
        return typeof value === 'function' && object instanceof Map ? value.bind(object) : value
      },
      set(object, key, value) {
        touch(key)
        return Reflect.set(object, key, value)
      },
    })
  const { uploads, schemas, ...rest } = sharedState([uploadOf(1)])
  const shared: Guarded<SharedState> = new Guarded(
    watched({ ...rest, uploads: watched(uploads), schemas: watched(schemas) }),
  )
  const catalogue = new Catalogue(shared)

  const ids = await Promise.all([1, 2, 3, 4].map(() => catalogue.reserve()))
  await Promise.all([...ids.map(id => catalogue.publish(uploadOf(id))), catalogue.snapshot()])
  const snapshot = await catalogue.snapshot()

  const before = touches
  expect(snapshot.map(upload => upload.id)).toEqual([1, 2, 3, 4, 5])
  expect(touches).toBe(before)
  expect(before).toBeGreaterThan(20)
  expect(() => uploads.length && watched(uploads).length).toThrow('length was touched without the lock')
})

test('a snapshot cannot be changed by who got it', async () => {
  const snapshot = (await catalogueOf([uploadOf(1)]).snapshot()) as Upload[]
  expect(() => snapshot.push(uploadOf(2))).toThrow(TypeError)
})
