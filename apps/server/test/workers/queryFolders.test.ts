import type { Store } from '@table/storage'
import { expect, test } from 'vitest'
import type { Pool } from '../../src/workers/pool.ts'
import { QueryFolders } from '../../src/workers/queryFolders.ts'
import { Readers } from '../../src/workers/readers.ts'

const cancellation = new Int32Array(1)

/** Folders over a table whose ids and version can be changed, and a disk that says what it does. */
function folders() {
  const state = { ids: [3, 1, 2], version: 1, fails: false }
  const done: string[] = []
  const snapshot = async () => ({
    uploads: {
      length: state.ids.length,
      version: state.version,
      *[Symbol.iterator]() {
        for (const id of state.ids) yield { id }
      },
    },
  })
  const pool = {
    readers: new Readers(),
    makeQueryFiles: async (number: number, ids: Float64Array) => {
      done.push(`make ${number}: ${ids.join()}`)
      if (state.fails) throw new Error('the disk is full')
      return []
    },
    removeQueryFiles: async (number: number) => void done.push(`remove ${number}`),
  }
  const store = { catalogue: { snapshot } } as unknown as Store
  return { state, done, queries: new QueryFolders(store, pool as unknown as Pool) }
}

test('queries over the same uploads share a folder, which stays for the next one', async () => {
  const { done, queries } = folders()
  const [one, other] = await Promise.all([queries.take(cancellation), queries.take(cancellation)])
  const last = await queries.take(cancellation)
  expect(last.number).toBe(other.number)
  for (const folder of [one, other, last]) queries.leave(folder)
  expect((await queries.take(cancellation)).number).toBe(last.number)
  expect(done.filter(what => what === `make ${last.number}: 1,2,3`)).toHaveLength(1)
  expect(done).not.toContain(`remove ${last.number}`)
})

test('a folder of other uploads is removed when its last reader leaves', async () => {
  const { state, done, queries } = folders()
  const [one, other] = [await queries.take(cancellation), await queries.take(cancellation)]
  Object.assign(state, { ids: [4], version: 2 })
  const next = await queries.take(cancellation)
  expect(next.number).not.toBe(one.number)
  expect(done).toEqual(['make 1: 1,2,3', 'make 2: 4'])
  queries.leave(one)
  expect(done).toHaveLength(2)
  queries.leave(other)
  expect(done.slice(2)).toEqual(['remove 1'])
  queries.leave(one)
  queries.leave(next)
  expect(done).toHaveLength(3)
})

test('a folder that nobody reads is removed once there are other uploads', async () => {
  const { state, done, queries } = folders()
  queries.leave(await queries.take(cancellation))
  state.version = 2
  await queries.take(cancellation)
  expect(done).toEqual(['make 1: 1,2,3', 'make 2: 1,2,3', 'remove 1'])
})

test('a folder is forgotten when it is asked for: at once if nobody reads it', async () => {
  const { done, queries } = folders()
  await queries.forget()
  const one = await queries.take(cancellation)
  await queries.forget()
  expect(done).toEqual(['make 1: 1,2,3'])
  expect((await queries.take(cancellation)).number).toBe(2)
  queries.leave(one)
  expect(done).toEqual(['make 1: 1,2,3', 'make 2: 1,2,3', 'remove 1'])
})

test('what could not be made whole is removed, and the next query tries again', async () => {
  const { state, done, queries } = folders()
  state.fails = true
  await expect(queries.take(cancellation)).rejects.toThrow('the disk is full')
  expect(done).toEqual(['make 1: 1,2,3', 'remove 1'])
  state.fails = false
  expect((await queries.take(cancellation)).number).toBe(2)
})
