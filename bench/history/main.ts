// Checks that our server has one history: each sum names the uploads that it saw, while the server is killed,
// stopped and halted. Prints a line of figures on stdout; errors and progress go to stderr.
import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { progress } from '../progress.ts'
import { Asker } from '../soak/asker.ts'
import { readSeconds, scratchDataDir } from '../soak/frame.ts'
import { SoakServer } from '../soak/server.ts'
import { verified } from '../soak/verified.ts'
import { checkColumn, runClients } from './clients.ts'
import { History } from './history.ts'

/** The average time between two disturbances, in ms. */
const UP_TIME = 3000
/** The longest halt, in ms. */
const HALT = 2000
/** How many wrong sums are shown. */
const SHOWN = 20

const seconds = readSeconds('history', 1800)
const dataDir = scratchDataDir('history')
const server = await SoakServer.start(dataDir)
const asker = new Asker(server)
const history = new History()
const disturbances = { kills: 0, stops: 0, halts: 0 }
let shown = 0

try {
  await run()
  const { uploads, sums } = { uploads: history.acknowledged, sums: history.sums }
  const figures = { uploads, sums, ...disturbances, ...history.wrong }
  console.log(
    Object.entries(figures)
      .map(([what, count]) => `${count} ${what}`)
      .join(', '),
  )
  process.exit(Object.values(history.wrong).some(count => count > 0) ? 1 : 0)
} catch (error) {
  console.error(`history: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

async function run(): Promise<void> {
  const end = new AbortController()
  const clients = runClients(server, asker, history, complain, end.signal)
  await Promise.race([disturb(performance.now() + 1000 * seconds), clients, server.died])
  end.abort()
  await Promise.race([clients, server.died])
  // After a restart the server no longer works on cancelled uploads.
  await server.restart()
  for (const column of history.columns) await checkColumn(asker, history, column, complain)
  await server.stop()
  if (Object.values(history.wrong).every(count => count === 0)) progress(verified(dataDir, history.seen))
}

/** Kills, restarts and halts the server in turn, at random times. */
async function disturb(end: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    await pause(Math.min(randomInt(2 * UP_TIME), Math.max(0, end - performance.now())))
    if (performance.now() >= end) return
    if (turn % 3 === 0) {
      await server.kill()
      disturbances.kills++
    } else if (turn % 3 === 1) {
      await server.halt(randomInt(HALT))
      disturbances.halts++
    } else {
      await server.restart()
      disturbances.stops++
    }
    progress(`${history.acknowledged} uploads, ${history.sums} sums, ${disturbances.kills} kills`)
  }
}

function complain(what: string): void {
  if (shown++ < SHOWN) console.error(`history: ${what}`)
}
