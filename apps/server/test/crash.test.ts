// TABLE_KILLS makes it longer.
import { expect, test } from 'vitest'
import { Crashes, type Moment } from './crash/crashes.ts'
import { temporaryDirectory } from './support.ts'

const kills = Number(process.env.TABLE_KILLS ?? 25)

test(`a server that is killed ${kills} times, at any step and at any moment, has each acknowledged upload once, and no half one`, {
  timeout: 60_000 + kills * 5000,
}, async () => {
  const crashes = new Crashes(temporaryDirectory())
  for (let kill = 0; kill < kills; kill++) {
    await crashes.crash(moment(kill))
  }
  const uploads = await crashes.end()
  console.log(uploads, crashes.steps, crashes.startTimes.map(Math.round))
})

function moment(kill: number): Moment {
  const below = (limit: number) => Math.floor(Math.random() * limit)
  if (kill % 2) return { wait: below(200) }
  return { step: below(150), from: kill % 10 === 0 ? 'start' : 'uploads' }
}
