import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Uploader } from '../../apps/cli/src/uploader.ts'
import { attemptUpload, openSession, openUpload, uploadBytes } from '../faults/raw.ts'
import type { Ledger } from './ledger.ts'
import type { Measurements } from './measurements.ts'
import type { SoakServer } from './server.ts'
import type { SumAsker } from './sums.ts'
import { randomTable } from './table.ts'

export interface Surroundings {
  server: SoakServer
  ledger: Ledger
  measurements: Measurements
}

/** A group of clients that all do the same. */
export interface Clients {
  /** What the clients did, in the plural. */
  name: string
  /** How often the clients have done it so far. */
  count(): number
  /** Runs until the end. Rejects at the first wrong answer. */
  running: Promise<unknown>
}

/** In rows. In an hour, all clients together upload 12,000 tables, 1.6 GB. */
const SMALL = 50
const LARGE = 25_000

/** Starts the groups: the number of clients in each, and the average seconds between two calls of a client. */
export function startClients(all: Surroundings, sums: SumAsker, end: AbortSignal): Clients[] {
  return [
    repeat('small uploads', 4, 4 / 3, () => uploading(all, SMALL, 'upload'), end),
    repeat('large uploads', 2, 2 / 0.3, () => uploading(all, LARGE), end),
    repeat('uploads broken off', 1, 2, () => () => breakOff(all.server), end),
    repeat('uploads repeated after the client vanished', 1, 5, () => () => vanish(all), end),
    repeat('sums of all in both formats', 1, 2, () => () => sums.checkAll(), end),
    repeat('sums of the reference in both formats', 1, 0.3, () => () => sums.checkReference(), end),
  ]
}

function repeat(
  name: string,
  clients: number,
  seconds: number,
  start: () => (() => Promise<void>) | Promise<() => Promise<void>>,
  end: AbortSignal,
): Clients {
  let count = 0
  const run = async () => {
    for (const act = await start(); !end.aborted; count++) {
      // Clients that vanished or waited at the same moment must not stay in step.
      await pause(seconds * 1000 * (0.5 + Math.random()), undefined, { signal: end }).catch(() => {})
      if (!end.aborted) await act()
    }
  }
  return { name, count: () => count, running: Promise.all(Array.from({ length: clients }, run)) }
}

/** Uploads with the CLI's uploader: its connection, its retries and its upload ids. */
async function uploading({ server, ledger, measurements }: Surroundings, rows: number, measure?: 'upload') {
  let start = 0
  const uploader = new Uploader(
    { host: 'localhost', port: server.port, name: `localhost:${server.port}` },
    note => {
      if (!server.wasDown(start)) throw new Error(`${note}, but the server was not stopped`)
    },
  )
  await uploader.connect() // the uploader only waits for a server that it has reached before
  return async () => {
    const { csv, total } = randomTable(rows)
    const acknowledge = ledger.begin(total)
    start = performance.now()
    const { error } = await uploader.upload(use => use({ size: csv.length, chunks: [csv] }))
    if (error !== '') throw new Error(error)
    acknowledge()
    if (measure) measurements.took(measure, start, server)
  }
}

/** Hangs up in the middle of an upload. No sum may ever see any of it. */
async function breakOff({ port }: SoakServer): Promise<void> {
  const session = openSession(port)
  const bytes = uploadBytes(randomTable(LARGE).csv)
  await openUpload(session).write(bytes.subarray(0, bytes.length / 2))
  session.destroy()
}

/** Hangs up once everything is sent, then sends it again under the same id until there is an answer. */
async function vanish({ server, ledger }: Surroundings): Promise<void> {
  const { csv, total } = randomTable(Math.random() < 0.5 ? SMALL : LARGE)
  const uploadId = randomUUID()
  const acknowledge = ledger.begin(total)
  const id = { 'upload-id': uploadId }
  await attemptUpload(server.port, csv, id, true)
  await uploadUntilStored(server, csv, id)
  acknowledge()
}

/**
 * Uploads under the same id until it is stored. Throws if a missing answer is not explained by the server
 * being down.
 */
export async function uploadUntilStored(
  server: SoakServer,
  csv: Uint8Array,
  id: { 'upload-id': string },
): Promise<void> {
  for (;;) {
    const start = performance.now()
    const answer = await attemptUpload(server.port, csv, id)
    if (answer === 'OK') return
    if (!isLost(answer) || !server.wasDown(start)) throw new Error(answer)
    await pause(200)
  }
}

/** Returns whether a call ended because its server did. */
export function isLost(answer: string): boolean {
  return /^(UNAVAILABLE|no status)/.test(answer)
}
