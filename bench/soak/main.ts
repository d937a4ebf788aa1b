// Keeps our server busy for a given time, kills and restarts it, and counts everything: a table on stdout, progress on stderr.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { killAll } from '../processes.ts'
import { progress } from '../progress.ts'
import { startClients } from './clients.ts'
import { Ledger } from './ledger.ts'
import { Measurements } from './measurements.ts'
import { SoakServer } from './server.ts'
import { SumAsker } from './sums.ts'

/** Between two looks at the server's process, in ms. */
const LOOK = 1000
/** Between two kills or restarts, in seconds, if there is time for more than two. */
const UP_TIME = 60

const seconds = readSeconds()
const scratch = mkdtempSync(join(tmpdir(), 'table-soak-'))
const dataDir = join(scratch, 'data')

process.on('exit', () => {
  killAll()
  rmSync(scratch, { recursive: true, maxRetries: 10 })
})
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))

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

/** Resolves to what was done. Throws at the first answer that is wrong. */
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
  return `${clients.map(({ name, count }) => `${count()} ${name}`).join(', ')}: every sum exact.\n${verified()}`
}

/**
 * Kills the server and restarts it in turn, in the first half of the time. In the second half it is left alone: memory that one
 * process gathers slowly would not be seen otherwise.
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

/** What `table-cli verify` says of the data that is left. Throws if it is not what was acknowledged, each upload once. */
function verified(): string {
  const cli = join(import.meta.dirname, '../../apps/cli/src/main.ts')
  const said = execFileSync(process.execPath, [cli, 'verify', '--data-dir', dataDir], { encoding: 'utf8' })
  const found = {
    files: readdirSync(join(dataDir, 'files')),
    incoming: readdirSync(join(dataDir, 'incoming')),
  }
  if (!said.startsWith(`${ledger.uploads} uploads,`) || !said.endsWith(', 0 files damaged\n'))
    throw new Error(`table-cli verify says "${said}", ${ledger.uploads} uploads were acknowledged`)
  if (found.files.length !== 2 * ledger.uploads || found.incoming.length > 0)
    throw new Error(
      `there are ${found.files.length} files for ${ledger.uploads} uploads, and ${found.incoming}`,
    )
  return `table-cli verify: ${said.trim()}`
}

function readSeconds(): number {
  try {
    const { values } = parseArgs({ options: { seconds: { type: 'string', default: '3600' } } })
    const value = Number(values.seconds)
    if (/^\d+$/.test(values.seconds) && value >= 5 && value <= 86400) return value
    throw new Error(`--seconds is ${values.seconds}, expected a whole number from 5 to 86400`)
  } catch (error) {
    console.error(`soak: ${(error as Error).message}\nusage: npm run soak -- [--seconds 3600]`)
    process.exit(2)
  }
}
