import {
  type Arrival,
  type Cancellation,
  cancellationOf,
  formatOf,
  openStore,
  openWholeFile,
  receive,
  type StorageLimits,
  type Store,
  setStorageLimits,
  translated,
  translatedFile,
  translatedParts,
  UploadRuns,
} from '@table/storage'
import type {
  AnswerFormat,
  ColumnStats,
  CsvBody,
  Description,
  Page,
  PageRequest,
  StoredFile,
  StoredUpload,
  Table,
  UploadOptions,
  UploadResult,
} from '@table/table'
import type { Limits } from '../config/limits.ts'
import { log } from '../observe/log.ts'
import type { Reading } from '../observe/metrics.ts'
import { phase } from '../observe/phases.ts'
import { readingsOf } from '../query/readings.ts'
import { columnStats } from './columnStats.ts'
import { columnSum } from './columnSum.ts'
import { description } from './description.ts'
import { Pool } from './pool.ts'
import { Queries } from './query.ts'
import { Removals } from './removals.ts'
import { tableReadings } from './tableReadings.ts'

/** A table in a data directory of this machine. */
export class LocalTable implements Table {
  readonly #store: Store
  readonly #pool: Pool
  readonly #removals: Removals
  readonly #runs = new UploadRuns()
  readonly #queries: Queries

  /** Opens the directory. Throws a `StorageError` if the directory cannot be served. */
  constructor(dataDir: string, workers: number, limits: StorageLimits & Pick<Limits, 'queryMemory'>) {
    setStorageLimits(limits)
    this.#store = openStore(dataDir, line => sayOnLog(line))
    this.#pool = new Pool(this.#store, workers, limits)
    this.#removals = new Removals(this.#pool.readers, ids => this.#pool.removeFiles(ids))
    this.#queries = new Queries(this.#store, this.#pool, limits)
    // Sync the leftovers now: if every run ended in a crash, unsynced uploads would pile up.
    if (this.#store.hasUnsynced) void this.#pool.syncAll()
  }

  get readings(): Reading[] {
    const { catalogue, dataDir } = this.#store
    const snapshot = async () => (await catalogue.snapshot()).uploads
    return [...tableReadings(snapshot, dataDir), ...this.#pool.readings, ...readingsOf(this.#queries.process)]
  }

  async count(): Promise<number> {
    return (await this.#store.catalogue.snapshot()).uploads.length
  }

  /** Receives, converts, commits and publishes an upload. A published upload is on the disk. */
  upload(csv: CsvBody, options: UploadOptions, signal: AbortSignal): Promise<UploadResult> {
    return translated(this.#upload(csv, options, cancellationOf(signal)))
  }

  columnSum(column: string, format: string, signal: AbortSignal): Promise<bigint> {
    const sum = () => columnSum(this.#store, this.#pool, { column, format }, cancellationOf(signal))
    return translated(this.#pool.readers.during(sum))
  }

  list(page: PageRequest): Promise<Page> {
    return translated(this.#pool.list(page))
  }

  get(id: number, bytes: number): Promise<StoredUpload | undefined> {
    return translated(this.#pool.get(id, bytes))
  }

  stats(names: readonly string[], format: string, signal: AbortSignal): Promise<ColumnStats[]> {
    const stats = () => columnStats(this.#store, this.#pool, { names, format }, cancellationOf(signal))
    return translated(this.#pool.readers.during(stats))
  }

  describe(most: { columns: number; bytes: number }, signal: AbortSignal): Promise<Description> {
    const describe = () => description(this.#store, this.#pool, this.#runs, most, cancellationOf(signal))
    return translated(this.#pool.readers.during(describe))
  }

  query(sql: string, format: AnswerFormat, signal: AbortSignal): AsyncIterable<Uint8Array> {
    return translatedParts(this.#queries.answer(sql, format, cancellationOf(signal), signal))
  }

  /** Reports stored files whose sizes are wrong, while the table is served. */
  async checkSizes(): Promise<void> {
    await this.#pool.readers.during(async () => {
      const { uploads } = await this.#store.catalogue.snapshot()
      await this.#pool.checkSizes(uploads)
    })
  }

  delete(id: number): Promise<boolean> {
    return translated(this.#delete(id))
  }

  async open(id: number, formatName: string): Promise<StoredFile | undefined> {
    // Once the file is open, its removal does not matter.
    const open = async () => {
      const format = formatOf(formatName)
      const found = await this.#pool.find(id)
      return found && openWholeFile(this.#store.dataDir, found, format)
    }
    const file = await translated(this.#pool.readers.during(open))
    return file && translatedFile(file)
  }

  /** Syncs the files of all small uploads, and removes those of deleted ones. */
  async settle(): Promise<void> {
    await Promise.all([this.#pool.syncAll(), this.#removals.finished()])
  }

  async close(): Promise<void> {
    await this.#queries.close()
    await this.#pool.close()
    this.#store.close()
  }

  async #upload(csv: CsvBody, given: UploadOptions, cancellation: Cancellation): Promise<UploadResult> {
    const { dataDir, catalogue } = this.#store
    const receivedAt = new Date().toISOString()
    const id = await catalogue.reserve()
    const commitMeanwhile = (arrival: Arrival) =>
      this.#pool.commitArriving(id, receivedAt, arrival, cancellation, given)
    const { held, attempt } = await phase('receive', () =>
      receive(csv, { directory: dataDir, id }, commitMeanwhile),
    )
    const committed = await phase(
      'convert and commit',
      async () => (await attempt) ?? (await this.#pool.commit(id, receivedAt, cancellation, held, given)),
    )
    // Publish even if nobody waits for the answer: the upload is committed, so the next start would count it
    // anyway.
    const clashes = await phase('publish', () => catalogue.publish(committed))
    const { rows, csvBytes, columns, warnings } = committed
    const clashing = await this.#pool.clashWarnings(committed, clashes)
    return {
      id: committed.id,
      isNew: committed.id === id,
      rows,
      csvBytes,
      columns,
      warnings: [...warnings, ...clashing],
    }
  }

  async #delete(id: number): Promise<boolean> {
    const { catalogue } = this.#store
    const found = await this.#pool.find(id)
    // An upload that is not published yet has not been acknowledged, so it cannot be deleted.
    if (!found || !(await catalogue.has(id))) return false
    // Queries that have begun look for the rows of their uploads.
    await this.#queries.begun()
    if (!(await this.#pool.removeRow(id))) return false
    // From here on the upload is gone at the next start. Those who have snapshots with it still need its files.
    await catalogue.remove(id, found.upload.columns)
    this.#queries.forget()
    this.#removals.add(id)
    return true
  }
}

/** The storage says what it warns of in the first word. */
function sayOnLog(line: string): void {
  const warning = /^warning: (.*)/s.exec(line)?.[1]
  if (warning === undefined) log.info(line)
  else log.warn(warning)
}
