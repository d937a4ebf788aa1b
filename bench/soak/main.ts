// Keeps our server busy for a given time, kills and restarts it, and counts everything. Prints a table on
// stdout and progress on stderr.
import { cpus, totalmem } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { progress } from '../progress.ts'
import { startClients } from './clients.ts'
import { readSeconds, scratchDataDir } from './frame.ts'
import { Ledger } from './ledger.ts'
import { Measurements } from './measurements.ts'
import { SoakServer } from './server.ts'
import { SumAsker } from './sums.ts'
import { verified } from './verified.ts'

/** The time between two looks at the server's process, in ms. */
const LOOK = 1000
/** The time between two kills or restarts, in seconds, if there is time for more than two. */
const UP_TIME = 60

const seconds = readSeconds('soak', 3600)
const dataDir = scratchDataDir('soak')

const server = await SoakServer.start(dataDir)
const ledger = new Ledger()
const measurements = new Measurements(seconds)
try {
  const done = await soak()
  console.log(`${new Date().toISOString().slice(0, 16)}Z, npm run soak -- --seconds ${seconds}`)
  console.log(
    `${cpus().length} cores, ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(1)} GiB memory\n`,
  )
  console.log(`${measurements.table()}\n\n${done}`)
  process.exit()
} catch (error) {
  console.error(measurements.table())
  console.error(`soak: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

/** Runs the soak. Resolves to a summary. Throws at the first wrong answer. */
async function soak(): Promise<string> {
  const sums = new SumAsker(server, ledger, measurements)
  await sums.uploadReference()
  measurements.begin()
  const end = new AbortController()
  const clients = startClients({ server, ledger, measurements }, sums, end.signal)
  const looking = setInterval(() => measurements.look(server, dataDir, ledger), LOOK)
  const busy = Promise.all(clients.map(({ running }) => running))
  await Promise.race([stopAgainAndAgain(), busy, server.died])
  end.abort()
  await Promise.race([busy, server.died])
  clearInterval(looking)
  await sums.checkAll()
  await server.stop()
  return `${clients.map(({ name, count }) => `${count()} ${name}`).join(', ')}: every sum exact.\n${verified(dataDir, ledger.uploads)}`
}

/**
 * Kills and restarts the server in turn during the first half of the time. The second half runs undisturbed,
 * so that a slow leak of one process becomes visible.
 */
async function stopAgainAndAgain(): Promise<void> {
  const stops = Math.max(2, Math.floor(seconds / 2 / UP_TIME))
  for (let stop = 0; stop < stops; stop++) {
    await pause((seconds * 1000) / 2 / stops)
    const killed = stop % 2 === 0
    measurements.stopped(killed, await (killed ? server.kill() : server.restart()))
    progress(`${killed ? 'killed' : 'restarted'}, ${ledger.uploads} uploads are acknowledged`)
  }
  await pause(measurements.left())
}
