// Servers that are killed under load, one after the other, and what has to be in their data directory after each.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Metadata, status } from '@grpc/grpc-js'
import type { TableClient } from '@table/proto'
import { closeDatabase, type Damage, readUploads, type Upload, verifyUpload } from '@table/storage'
import { expect } from 'vitest'
import { type ServerProcess, spawnServer } from '../support/process.ts'
import { columnSum, connectClient, incoming, stored, temporaryDirectory, upload } from '../support/server.ts'
import { FaultyDisk, type Order } from './faultyDisk.ts'
import { hashOf, type Sent, uploadsOfRound } from './uploads.ts'

/** When a server is killed: before a step, counted from its start or from its first upload, or some ms after that. */
export type Moment = { step: number; from: 'start' | 'uploads' } | { wait: number }

/** Somewhat more than there are, so that some servers are killed when all is done. */
const STEPS = { start: 40, uploads: 150 }
/** In ms. */
const LONGEST_WAIT = 200

const offset = Math.random()

/** Half of the moments are at any time, half at steps. However many there are, they are spread evenly. */
export function momentOf(kill: number): Moment {
  const goldenRatio = 0.618_033_988_75
  const spread = (limit: number) => Math.floor(limit * ((offset + kill * goldenRatio) % 1))
  if (kill % 2) return { wait: spread(LONGEST_WAIT) }
  const from = kill % 10 ? 'uploads' : 'start'
  return { step: spread(STEPS[from]), from }
}

const compileCache = join(import.meta.dirname, '../../../../node_modules/.cache/table')

/** The servers of one data directory, and what was sent to them. */
export class Crashes {
  /** Of the starts that were not killed: how long they took, in ms. */
  readonly startTimes: number[] = []
  /** The steps that were fatal, one for each server that was killed by one. */
  readonly steps: string[] = []
  #rounds = 0
  #turn = 0
  readonly #fuse = join(temporaryDirectory(), 'fuse')
  readonly #dataDir: string
  readonly #sent: Sent[] = []
  /** By the number that each was stored under. */
  readonly #stored = new Map<string, Sent>()
  /** Columns whose sums have not been checked since the last crash that could have changed them. */
  readonly #unchecked = new Set<string>()

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  /**
   * Starts a server, checks what it finds, and kills it at `moment`, or when all uploads are answered. `disk`: a command that runs
   * the server, kills it at a SIGTERM, and may spoil any file then.
   */
  async crash(moment: Moment, disk?: string[]): Promise<void> {
    this.#arm('step' in moment && moment.from === 'start' ? moment.step : undefined)
    const start = performance.now()
    const env = { FUSE: this.#fuse, NODE_COMPILE_CACHE: compileCache }
    const server = spawnServer({ dataDir: this.#dataDir, hook: 'kill.ts', env, under: disk })
    const kill = () => server.child.kill(disk ? 'SIGTERM' : 'SIGKILL')
    const port = await portOf(server)
    if (port !== undefined) {
      this.startTimes.push(performance.now() - start)
      const client = connectClient(port)
      if (await survives(this.#check(client, disk !== undefined))) {
        if ('wait' in moment) setTimeout(kill, moment.wait)
        else if (moment.from === 'uploads') this.#arm(moment.step)
        await this.#upload(client, uploadsOfRound(this.#rounds++))
        for (const { outcome } of this.#sent) expect(outcome).not.toBe('refused')
      }
      kill()
      client.close()
    }
    // Files of an upload that was killed right before its row are moved aside, which the next start says.
    const stderr = expect.stringMatching(/^(warning: the catalogue has no row for .*\n)*$/)
    expect(await server.exited).toMatchObject({ code: null, stderr })
    this.#count()
  }

  /**
   * Starts a server, checks what it finds, and ends it when its uploads are answered, or when it has ended by itself. Calls of its
   * system fail as `order` says: from its start on, which may be refused then, or from its first upload on. Uploads that are sent one by
   * one end with the first that fails: nothing comes after it that would hide what it left. Returns what failed.
   */
  async fail(
    order: Order,
    { from, end, oneByOne }: { from: 'start' | 'uploads'; end: 'kill' | 'stop'; oneByOne: boolean },
  ): Promise<string[]> {
    const disk = new FaultyDisk(this.#dataDir)
    if (from === 'start') disk.fail(order)
    const env = { NODE_COMPILE_CACHE: compileCache }
    const server = spawnServer({
      dataDir: this.#dataDir,
      hook: 'earlyCheckpoints.ts',
      env,
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
      if (await survives(this.#check(client, false))) {
        if (from === 'uploads') disk.fail(order)
        // What fails comes again: there is always something to send, and never more and more.
        const due = this.#sent.filter(({ csv }) => csv).length
        await this.#upload(client, due < 7 ? uploadsOfRound(this.#rounds++) : [], oneByOne)
      }
      disk.end(server.child, end)
      client.close()
    }
    await server.exited
    return disk.failures()
  }

  /** Repeats what has an id and was never acknowledged, and checks all bytes of all uploads. Returns how many there are. */
  async end(): Promise<number> {
    const server = spawnServer({ dataDir: this.#dataDir })
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

  /** What a server has made of its data directory. `everything`: also what earlier ones had. */
  async #check(client: TableClient, everything: boolean): Promise<void> {
    expect(incoming(this.#dataDir)).toEqual([])
    const names = stored(this.#dataDir)
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
    // None that was there is gone, none is there twice, all that were acknowledged are there, none that was refused is.
    const present = new Set(this.#stored.values())
    expect(ids).toHaveLength(this.#stored.size)
    expect(present.size).toBe(ids.length)
    const lost = this.#sent.filter(sent => sent.outcome === 'acknowledged' && !present.has(sent))
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

  /**
   * Sends these, and those of earlier rounds that have an id and were not acknowledged: all at once, or one by one, up to the first
   * that is not acknowledged.
   */
  async #upload(client: TableClient, round: Sent[], oneByOne = false): Promise<void> {
    this.#sent.push(...round)
    const due = this.#sent.filter(sent => sent.csv)
    if (!oneByOne) {
      await Promise.all(due.map(sent => this.#send(client, sent)))
      return
    }
    // Another one of them comes first each time.
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
    // An attempt whose outcome nobody knows may have been stored, whatever is said of a later one.
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

/** Of a server that is ready; undefined if it was killed before. */
async function portOf({ ready, exited }: ServerProcess): Promise<number | undefined> {
  try {
    return (await ready).port
  } catch (error) {
    if ((await exited).code === null) return undefined
    throw error
  }
}

/** Whether `calls` came to their end, or else lost their server. */
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

/** Whether a call has no answer because its server ended. */
function isLost(error: unknown): boolean {
  return (error as { code?: unknown }).code === status.UNAVAILABLE
}

function nameOf({ column, bytes, refusal }: Sent): string {
  return `${bytes} bytes with ${column}${refusal ? `, refused with ${refusal}` : ''}`
}
