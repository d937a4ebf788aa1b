// Kills servers under load, one after the other, and checks their data directory after each.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Metadata, status } from '@grpc/grpc-js'
import type { TableClient } from '@table/proto'
import { closeDatabase, type Damage, readUploads, type Upload, verifyUpload } from '@table/storage'
import { expect } from 'vitest'
import { type ServerProcess, spawnServer } from '../support/process.ts'
import {
  called,
  columnSum,
  connectClient,
  incoming,
  listedIds,
  stored,
  temporaryDirectory,
  upload,
} from '../support/server.ts'
import { FaultyDisk, type Order } from './faultyDisk.ts'
import { hashOf, type Sent, uploadsOfRound } from './uploads.ts'

/**
 * When a server is killed: before a step, counted from its start or its first upload, or `wait` ms after its
 * first upload.
 */
export type Moment = { step: number; from: 'start' | 'uploads' } | { wait: number }

/** Slightly more steps than there are, so that some servers are killed after everything is done. */
const STEPS = { start: 40, uploads: 180 }
/** How many uploads of earlier servers each server deletes. */
const DELETIONS = 3
/** In ms. */
const LONGEST_WAIT = 200

const offset = Math.random()

/** Half of the moments are random times, half are steps. Any number of moments is spread evenly. */
export function momentOf(kill: number): Moment {
  const goldenRatio = 0.618_033_988_75
  const spread = (limit: number) => Math.floor(limit * ((offset + kill * goldenRatio) % 1))
  if (kill % 2) return { wait: spread(LONGEST_WAIT) }
  const from = kill % 10 ? 'uploads' : 'start'
  return { step: spread(STEPS[from]), from }
}

/** The servers of one data directory, and what was sent to them. */
export class Crashes {
  /** How long the starts that were not killed took, in ms. */
  readonly startTimes: number[] = []
  /** The steps before which servers were killed. */
  readonly steps: string[] = []
  #rounds = 0
  #turn = 0
  readonly #fuse = join(temporaryDirectory(), 'fuse')
  readonly #dataDir: string
  readonly #sent: Sent[] = []
  /** The stored uploads, by their number. */
  readonly #stored = new Map<string, Sent>()
  /** Columns whose sums have not been checked since the last crash that could have changed them. */
  readonly #unchecked = new Set<string>()

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  /**
   * Starts a server, checks its data, and kills it at `moment`, or when all uploads are answered. `disk`: a
   * command that runs the server, kills it on SIGTERM, and may then spoil any file.
   */
  async crash(moment: Moment, disk?: string[]): Promise<void> {
    this.#arm('step' in moment && moment.from === 'start' ? moment.step : undefined)
    const start = performance.now()
    const env = { FUSE: this.#fuse }
    const server = spawnServer({ dataDir: this.#dataDir, hook: 'kill.ts', env, workers: 2, under: disk })
    const kill = () => server.child.kill(disk ? 'SIGTERM' : 'SIGKILL')
    const port = await portOf(server)
    if (port !== undefined) {
      this.startTimes.push(performance.now() - start)
      const client = connectClient(port)
      if (await survives(this.#check(client, disk !== undefined))) {
        if ('wait' in moment) setTimeout(kill, moment.wait)
        else if (moment.from === 'uploads') this.#arm(moment.step)
        await Promise.all([this.#upload(client, uploadsOfRound(this.#rounds++)), this.#delete(client)])
        for (const { outcome } of this.#sent) expect(outcome).not.toBe('refused')
      }
      kill()
      client.close()
    }
    // If a server is killed right before an upload's row, the next start moves the upload's files aside and
    // says so.
    const stderr = expect.stringMatching(/^(\{"level":"warn",.*"the catalogue has no row for .*\n)*$/)
    expect(await server.exited).toMatchObject({ code: null, stderr })
    this.#count()
  }

  /**
   * Starts a server, checks its data, and ends it when its uploads are answered, unless it has ended by
   * itself. System calls of the server fail as `order` says, either from its start, which may then be
   * refused, or from its first upload. Uploads that are sent one by one stop at the first failure, so that
   * nothing later hides what the failure left. Returns what failed.
   */
  async fail(
    order: Order,
    { from, end, oneByOne }: { from: 'start' | 'uploads'; end: 'kill' | 'stop'; oneByOne: boolean },
  ): Promise<string[]> {
    const disk = new FaultyDisk(this.#dataDir)
    if (from === 'start') disk.fail(order)
    const server = spawnServer({
      dataDir: this.#dataDir,
      hook: 'earlyCheckpoints.ts',
      workers: 2,
      under: disk.command,
    })
    const port = await server.ready.then(
      ({ port }) => port,
      error => {
        if (disk.failures().length === 0) throw error
      },
    )
    if (port !== undefined) {
      const client = connectClient(port)
      // A start on a full disk leaves files without a row where they are.
      const leavesFiles = from === 'start' && order.error === 'ENOSPC'
      if (await survives(this.#check(client, false, leavesFiles))) {
        if (from === 'uploads') disk.fail(order)
        // Failed uploads are sent again, so send new ones only if few are left.
        const due = this.#sent.filter(({ csv }) => csv).length
        await this.#upload(client, due < 7 ? uploadsOfRound(this.#rounds++) : [], oneByOne)
      }
      disk.end(server.child, end)
      client.close()
    }
    await server.exited
    return disk.failures()
  }

  /**
   * Repeats every upload that has an id and was never acknowledged, and checks all bytes of all uploads.
   * Returns how many uploads there are.
   */
  async end(): Promise<number> {
    const server = spawnServer({ dataDir: this.#dataDir, workers: 2 })
    const client = connectClient((await server.ready).port)
    await this.#check(client, true)
    await this.#upload(client, [])
    await this.#check(client, false)
    for (const { uploadId, outcome } of this.#sent)
      expect(uploadId === undefined || outcome === 'acknowledged').toBe(true)
    server.child.kill()
    expect(await server.exited).toMatchObject({ code: 0 })

    const uploads = readUploads(this.#dataDir)
    for (const row of uploads) expect(damagesOf(this.#dataDir, row)).toEqual([])
    closeDatabase(this.#dataDir)
    expect(uploads).toHaveLength(this.#stored.size)
    return uploads.length
  }

  /**
   * Checks what a server has made of its data directory. `everything`: also the uploads that earlier servers had. `leavesFiles`: there may be
   * files that are no uploads.
   */
  async #check(client: TableClient, everything: boolean, leavesFiles = false): Promise<void> {
    expect(incoming(this.#dataDir)).toEqual([])
    const listed = leavesFiles ? await listedIds(client) : undefined
    const names = stored(this.#dataDir).filter(name => listed?.includes(BigInt(name.slice(0, 8))) ?? true)
    const ids = [...new Set(names.map(name => name.slice(0, 8)))]
    expect(names).toEqual(ids.flatMap(id => [`${id}.csv`, `${id}.parquet`]))

    for (const id of ids) {
      const known = this.#stored.get(id)
      if (known && !everything) continue
      const hash = hashOf(readFileSync(join(this.#dataDir, 'files', `${id}.csv`)))
      const found = known ?? this.#sent.findLast(sent => sent.hash === hash)
      expect(found?.hash, `${id}.csv is what was uploaded`).toBe(hash)
      this.#stored.set(id, found as Sent)
    }
    for (const [id, sent] of this.#stored) {
      if (sent.deletion === undefined) continue
      if (!ids.includes(id)) this.#stored.delete(id)
      else expect(sent.deletion, `${nameOf(sent)}, deleted, but there`).toBe('unknown')
    }
    // No earlier upload is gone, no upload is there twice, all acknowledged uploads are there, and no refused
    // upload is.
    const present = new Set(this.#stored.values())
    expect(ids).toHaveLength(this.#stored.size)
    expect(present.size).toBe(ids.length)
    const lost = this.#sent.filter(
      sent => sent.outcome === 'acknowledged' && !sent.deletion && !present.has(sent),
    )
    expect(lost.map(nameOf), 'acknowledged, but not there').toEqual([])
    const resurrected = [...present].filter(sent => sent.outcome === 'refused')
    expect(resurrected.map(nameOf), 'refused, but there').toEqual([])

    if (everything) for (const { column } of this.#sent) this.#unchecked.add(column)
    for (const column of this.#unchecked) {
      const total = [...present].reduce((sum, sent) => (sent.column === column ? sum + sent.total : sum), 0n)
      expect(
        await Promise.all([columnSum(client, column, 'csv'), columnSum(client, column, 'parquet')]),
      ).toEqual([total, total])
    }
    this.#unchecked.clear()
  }

  /** Deletes some uploads that nobody sends any more. */
  async #delete(client: TableClient): Promise<void> {
    const settled = [...this.#stored].filter(([, { csv }]) => csv === undefined)
    const chosen = settled.filter(() => Math.random() < 0.5).slice(0, DELETIONS)
    await Promise.all(
      chosen.map(async ([id, sent]) => {
        this.#unchecked.add(sent.column)
        sent.deletion = 'unknown'
        const deletion = called(client, client.deleteUpload, { id: BigInt(id) })
        const { outcome, refusal } = await outcomeOf(deletion.then(({ error }) => error))
        expect(refusal).toBeUndefined()
        if (outcome === 'acknowledged') sent.deletion = outcome
      }),
    )
  }

  /**
   * Sends these uploads, and those of earlier rounds that have an id and were not acknowledged: all at once,
   * or one by one up to the first that is not acknowledged.
   */
  async #upload(client: TableClient, round: Sent[], oneByOne = false): Promise<void> {
    this.#sent.push(...round)
    const due = this.#sent.filter(sent => sent.csv)
    if (!oneByOne) {
      await Promise.all(due.map(sent => this.#send(client, sent)))
      return
    }
    // Each time another upload comes first.
    const first = this.#turn++
    for (const i of due.keys()) {
      const sent = due[(first + i) % due.length] as Sent
      await this.#send(client, sent)
      if (sent.outcome !== 'acknowledged') return
    }
  }

  async #send(client: TableClient, sent: Sent): Promise<void> {
    this.#unchecked.add(sent.column)
    const metadata = new Metadata()
    if (sent.uploadId) metadata.set('upload-id', sent.uploadId)
    const { outcome, refusal } = await outcomeOf(upload(client, sent.csv as Buffer, {}, metadata))
    if (refusal) sent.refusal = refusal
    // An attempt with an unknown outcome may have been stored, whatever a later attempt says.
    if (outcome === 'acknowledged' || sent.outcome !== 'unknown') sent.outcome = outcome
    if (outcome === 'acknowledged' || !sent.uploadId) sent.csv = undefined
  }

  #arm(step: number | undefined): void {
    if (step === undefined) rmSync(this.#fuse, { force: true })
    else writeFileSync(this.#fuse, String(step))
  }

  #count(): void {
    const path = `${this.#fuse}.step`
    if (!existsSync(path)) return
    this.steps.push(readFileSync(path, 'utf8'))
    rmSync(path)
  }
}

function damagesOf(dataDir: string, row: Upload): Damage[] {
  const check = verifyUpload(dataDir, row)
  for (;;) {
    const { done, value } = check.next()
    if (done) return value
  }
}

/** Returns the port of a server, or undefined if the server was killed before it was ready. */
async function portOf({ ready, exited }: ServerProcess): Promise<number | undefined> {
  try {
    return (await ready).port
  } catch (error) {
    if ((await exited).code === null) return undefined
    throw error
  }
}

/** Returns whether `calls` finished. Returns false if they lost their server. */
async function survives(calls: Promise<void>): Promise<boolean> {
  try {
    await calls
    return true
  } catch (error) {
    if (isLost(error)) return false
    throw error
  }
}

async function outcomeOf(answer: Promise<string>): Promise<Pick<Sent, 'outcome' | 'refusal'>> {
  try {
    const error = await answer
    return error === '' ? { outcome: 'acknowledged' } : { outcome: 'refused', refusal: error }
  } catch (error) {
    if (isLost(error)) return { outcome: 'unknown' }
    if ((error as { code?: unknown }).code === undefined) throw error
    return { outcome: 'refused', refusal: (error as Error).message }
  }
}

/** Returns whether a call has no answer because its server ended. */
function isLost(error: unknown): boolean {
  return (error as { code?: unknown }).code === status.UNAVAILABLE
}

function nameOf({ column, bytes, refusal }: Sent): string {
  return `${bytes} bytes with ${column}${refusal ? `, refused with ${refusal}` : ''}`
}
