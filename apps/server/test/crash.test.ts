// Kills servers with kill -9. TABLE_TESTS or TABLE_KILLS makes the test longer.
import { closeDatabase } from '@table/storage'
import { expect, onTestFinished, test } from 'vitest'
import { listUnsynced } from '../../../libs/storage/src/catalogue/database.ts'
import { repeat } from '../../../testing/form.ts'
import { Crashes, momentOf } from './crash/crashes.ts'
import { spawnServer } from './support/process.ts'
import { connectClient, eventually, temporaryDirectory, upload } from './support/server.ts'

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
