import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { database as newDatabase } from '../../../../../testing/cluster/shared.ts'
import { Database } from '../../../src/catalogue/database.ts'

/** Opens an empty database. */
function opened(): Database {
  const database = new Database(newDatabase())
  onTestFinished(() => database.close())
  return database
}

/** Cuts the other connections to the database, as a PostgreSQL that restarts does, and waits until they have noticed. */
async function cutOthers(database: Database): Promise<void> {
  const others = 'FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'
  await database.rows(`SELECT pg_terminate_backend(pid) ${others}`)
  while ((await database.rows(`SELECT ${others}`)).length > 0) await pause(10)
  await pause(100)
}

test('one works alone, another one does not work meanwhile', async () => {
  const database = opened()
  const done: string[] = []
  const one = database.alone(7, async () => {
    expect(await database.alone(7, async () => void done.push('other'))).toBe(false)
    done.push('one')
  })
  expect(await one).toBe(true)
  expect(await database.alone(7, async () => void done.push('next'))).toBe(true)
  expect(done).toEqual(['one', 'next'])
})

test('a connection that is lost while one works alone ends nothing but the lock', async () => {
  const database = opened()
  const alone = database.alone(7, async () => {
    await cutOthers(database)
    expect(await database.alone(7, async () => {})).toBe(true)
  })
  expect(await alone).toBe(true)
})

test('a connection that is lost between two statements of a transaction fails the transaction alone', async () => {
  const database = opened()
  await database.rows('CREATE TABLE numbers (n integer)')
  const transaction = database.transaction(async rows => {
    await rows('INSERT INTO numbers VALUES (1)')
    await cutOthers(database)
    await rows('INSERT INTO numbers VALUES (2)')
  })
  await expect(transaction).rejects.toMatchObject({ code: 'unusable' })
  expect(await database.rows('SELECT n FROM numbers')).toEqual([])
  await database.transaction(async rows => void (await rows('INSERT INTO numbers VALUES (3)')))
  expect(await database.rows('SELECT n FROM numbers')).toEqual([{ n: 3 }])
})
