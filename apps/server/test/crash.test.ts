// Kills servers with kill -9. TABLE_TESTS or TABLE_KILLS makes the test longer.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type ServiceError, status } from '@grpc/grpc-js'
import { closeDatabase, openStore } from '@table/storage'
import { expect, onTestFinished, test } from 'vitest'
import { listUnsynced } from '../../../libs/storage/src/catalogue/database.ts'
import { catalogueFile } from '../../../libs/storage/src/paths.ts'
import { repeat } from '../../../testing/form.ts'
import { Crashes, momentOf } from './crash/crashes.ts'
import { spawnServer } from './support/process.ts'
import { called, connectClient, eventually, stored, temporaryDirectory, upload } from './support/server.ts'

const kills = repeat('TABLE_KILLS')

test(`a server that is killed ${kills} times, at any step and at any moment, has each acknowledged upload once, no deleted one, and no partial upload`, async () => {
  const crashes = new Crashes(temporaryDirectory())
  for (let kill = 0; kill < kills; kill++) await crashes.crash(momentOf(kill))
  const uploads = await crashes.end()
  console.log(`${uploads} uploads after ${kills} kills, ${crashes.steps.length} of them at steps:`)
  for (const [step, fatal = []] of Object.entries(Object.groupBy(crashes.steps, step => step)).sort())
    console.log(`${String(fatal.length).padStart(5)}  ${step}`)
  const { startTimes } = crashes
  console.log(
    `starts: ${median(startTimes.slice(0, 20))} ms at first, ${median(startTimes.slice(-20))} at last`,
  )
})

test('a server that is killed at any step of a deletion leaves the upload whole or gone', async () => {
  const fuse = join(temporaryDirectory(), 'fuse')
  const steps: string[] = []
  for (let survived = false; !survived; ) {
    const server = spawnServer({ hook: 'kill.ts', env: { FUSE: fuse } })
    const { dataDir } = server
    const client = connectClient((await server.ready).port)
    for (const x of [1, 20]) expect(await upload(client, `x\n${x}\n`)).toBe('')
    writeFileSync(fuse, `${steps.length}`)
    const deletion = called(client, client.deleteUpload, { id: 1n })
    const answer = await deletion.catch((error: ServiceError) => error.code)
    if (answer !== status.UNAVAILABLE) expect(answer).toEqual({ error: '' })
    // The files follow the answer.
    const dead = server.exited.then(() => false)
    const done = eventually(() => expect(removalsIn(dataDir)).toBe(0)).then(
      () => answer !== status.UNAVAILABLE,
    )
    survived = await Promise.race([dead, done.catch(() => dead)])
    server.child.kill('SIGKILL')
    await server.exited
    rmSync(fuse)
    if (!survived) steps.push(readFileSync(`${fuse}.step`, 'utf8'))

    const store = openStore(dataDir)
    const ids = Array.from((await store.catalogue.snapshot()).uploads, ({ id }) => id)
    store.close()
    expect(answer === status.UNAVAILABLE ? [[1, 2], [2]] : [[2]]).toContainEqual(ids)
    expect(stored(dataDir)).toHaveLength(2 * ids.length)
  }
  const removals = ['files/*.csv', 'files/*.parquet'].map(name => `before remove ${name}, worker`)
  expect(steps).toEqual(expect.arrayContaining([...removals, 'before sync files, worker']))
})

/** Returns how many deleted uploads still have files, as far as the catalogue knows. */
function removalsIn(dataDir: string): number {
  using database = new DatabaseSync(catalogueFile(dataDir), { readOnly: true })
  return database.prepare('SELECT count(*) AS count FROM removed').get()?.count as number
}

test('files of small uploads that a start writes again are synced at once, so that the next start has less to do', async () => {
  const crashed = spawnServer()
  expect(await upload(connectClient((await crashed.ready).port), 'x\n1\n')).toBe('')
  crashed.child.kill('SIGKILL')
  await crashed.exited
  const { dataDir } = crashed
  onTestFinished(() => closeDatabase(dataDir))
  expect(listUnsynced(dataDir)).toEqual([1])
  await spawnServer({ dataDir }).ready
  await eventually(() => expect(listUnsynced(dataDir)).toEqual([]))
})

function median(numbers: number[]): number {
  return Math.round(numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN)
}
