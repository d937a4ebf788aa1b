import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { attemptUpload, openSession, openUpload, uploadBytes } from '../faults/raw.ts'
import { type Asker, formats } from '../soak/asker.ts'
import { isLost, uploadUntilStored } from '../soak/clients.ts'
import type { SoakServer } from '../soak/server.ts'
import { csvOf, type History } from './history.ts'

/** The number of clients that upload, and the average ms that each waits between two uploads. */
const UPLOADERS = 6
const PAUSE = 150
const ASKERS = 3

/**
 * Runs the clients until `end`. Calls `wrong` with what is wrong about a sum. Rejects on an answer that
 * nothing explains.
 */
export async function runClients(
  server: SoakServer,
  asker: Asker,
  history: History,
  wrong: (what: string) => void,
  end: AbortSignal,
): Promise<void> {
  const uploading = async () => {
    while (!end.aborted) {
      await pause(randomInt(2 * PAUSE))
      await upload(server, history)
    }
  }
  const asking = async () => {
    while (!end.aborted) {
      const { columns, lastColumn } = history
      await checkColumn(asker, history, randomInt(3) ? lastColumn : oneOf(...columns, lastColumn), wrong)
      await pause(randomInt(100))
    }
  }
  await Promise.all([
    ...Array.from({ length: UPLOADERS }, uploading),
    ...Array.from({ length: ASKERS }, asking),
  ])
}

/** Checks the sums of a column in both formats at once. */
export async function checkColumn(
  asker: Asker,
  history: History,
  column: string,
  wrong: (what: string) => void,
): Promise<void> {
  await Promise.all(
    formats.map(async format => {
      const check = history.ask(column)
      for (const what of check(await asker.sum(column, format))) wrong(`${format}: ${what}`)
    }),
  )
}

/** Makes an upload of random size, with a random kind of client. */
async function upload(server: SoakServer, history: History): Promise<void> {
  const made = history.begin()
  // Most uploads are small, because half an hour of them takes a GB.
  const rows = randomInt(10) ? randomInt(2, 100) : oneOf(2000, 2000, 10_000, 10_000, 80_000)
  const csv = csvOf(made, rows)
  const id = { 'upload-id': randomUUID() }
  const client = oneOf(once, untilStored, untilStored, fromManySides, cancelled, cancelledAndRepeated)
  if (await client(server, csv, id)) history.acknowledge(made)
}

/** Uploads. Returns whether the upload was acknowledged. */
type Client = (server: SoakServer, csv: Buffer, id: { 'upload-id': string }) => Promise<boolean>

/** Uploads once, without an id. */
const once: Client = async (server, csv) => {
  const start = performance.now()
  const answer = await attemptUpload(server.port, csv, {})
  if (answer !== 'OK' && !(isLost(answer) && server.wasDown(start))) throw new Error(answer)
  return answer === 'OK'
}

const untilStored: Client = async (server, csv, id) => {
  await uploadUntilStored(server, csv, id)
  return true
}

/** Uploads over several connections at once, none of which knows of the others. */
const fromManySides: Client = async (server, csv, id) => {
  await Promise.all(Array.from({ length: 4 }, () => uploadUntilStored(server, csv, id)))
  return true
}

/** Cancels the upload at a random time. */
const cancelled: Client = async ({ port }, csv, id) => {
  const session = openSession(port)
  const call = openUpload(session, id)
  const bytes = uploadBytes(csv)
  await call.write(randomInt(2) ? bytes : bytes.subarray(0, randomInt(bytes.length)))
  if (randomInt(2)) await pause(randomInt(30))
  call.cancel()
  await call.answer
  session.destroy()
  return false
}

/** Uploads again right after cancelling, when the server may not have noticed yet. */
const cancelledAndRepeated: Client = async (server, csv, id) => {
  await Promise.all(Array.from({ length: 2 }, () => cancelled(server, csv, id)))
  return fromManySides(server, csv, id)
}

function oneOf<T>(...values: readonly T[]): T {
  return values[randomInt(values.length)] as T
}
