import { availableParallelism } from 'node:os'
import { extname, join } from 'node:path'
import {
  type Arrival,
  type Cancellation,
  type Clash,
  type ColumnPartial,
  type ColumnPlaces,
  type CommittedUpload,
  expectedSizes,
  type FootersTask,
  type FoundUpload,
  KnownColumns,
  MAX_UNSYNCED,
  type NotedTexts,
  type Page,
  type PageRequest,
  type PartialSum,
  type QueryFiles,
  type Refusal,
  type StatsPlan,
  StorageError,
  type StorageLimits,
  type Store,
  type SumPlan,
  type UploadSummary,
  type UploadsExtent,
  type UploadsSnapshot,
} from '@table/storage'
import type { UploadOptions } from '@table/table'
import { Semaphore } from 'async-mutex'
import { Piscina } from 'piscina'
import { WORKER_HEAP } from '../config/tuning.ts'
import { log } from '../observe/log.ts'
import type { Reading } from '../observe/metrics.ts'
import { Readers } from './readers.ts'
import type { Outcome, Tasks } from './worker.ts'
import { memoryOf } from './workerMemory.ts'

/**
 * After this time without a small upload the files of small uploads are synced, in ms. By then the system has
 * written most of them anyway.
 */
const QUIET = 60_000

/** How long to wait before loading a worker in place of one that failed to load, in ms. */
const LOAD_AGAIN = 1000

/**
 * The number of conversions at once: one for each core, but at least two, because one may be waiting for the
 * disk. More would take more memory and save no time.
 */
const CONVERSIONS = Math.max(2, availableParallelism())

/**
 * The worker threads, with a first-come-first-served queue in front. A worker that dies is replaced; the task
 * it was doing fails.
 */
export class Pool {
  readonly workers: number
  readonly columns = new KnownColumns(name => this.#run('findColumn', { name }))
  readonly readers = new Readers()
  readonly #piscina: Piscina
  /** An upper bound on the small uploads whose files are not synced. */
  #unsynced = 0
  #syncing: Promise<void> | undefined
  #syncFailed = false
  readonly #quiet = setTimeout(() => void this.syncAll(), QUIET).unref()
  #closed = false
  readonly #conversions = new Semaphore(CONVERSIONS)
  #converting = 0
  #waitingConversions = 0
  #heavy: Promise<unknown> = Promise.resolve()

  constructor({ dataDir, catalogueIdentity }: Store, workers: number, limits: StorageLimits) {
    this.workers = workers
    this.#piscina = new Piscina({
      // In the npm package the worker is plain JavaScript.
      filename: join(import.meta.dirname, `worker${extname(import.meta.filename)}`),
      workerData: { dataDir, catalogueIdentity, limits },
      minThreads: workers,
      maxThreads: workers,
      stricterFIFO: true,
      recordTiming: false,
      resourceLimits: WORKER_HEAP,
    })
    // Piscina has already replaced a worker that died between two tasks.
    this.#piscina.on('error', error => {
      log.error(error)
      // Piscina replaces a worker that dies while loading only when the next task arrives, so queue an empty
      // task.
      if (this.#piscina.queueSize > 0)
        setTimeout(() => this.#run('nothing', undefined).catch(() => {}), LOAD_AGAIN)
    })
  }

  get readings(): Reading[] {
    const gauge = (name: string, help: string, read: Reading['read']): Reading => ({
      kind: 'gauge',
      name,
      help,
      read,
    })
    return [
      gauge('table_worker_queue_length', 'Tasks that wait for a worker.', () => this.#piscina.queueSize),
      gauge('table_conversions_running', 'Uploads that are being converted.', () => this.#converting),
      gauge('table_conversions_waiting', 'Uploads whose conversion waits.', () => this.#waitingConversions),
      gauge('table_workers_memory_bytes', 'Objects and buffers of all worker threads.', () =>
        memoryOf(this.#piscina.threads),
      ),
    ]
  }

  /**
   * Converts and commits the upload `id` from its spool file, or from `held` if the upload is small. If this
   * throws, nothing of the upload is left.
   */
  async commit(
    id: number,
    receivedAt: string,
    cancellation: Cancellation,
    held: Uint8Array | undefined,
    { uploadId, name }: UploadOptions,
  ): Promise<CommittedUpload> {
    const commit = (alone: boolean) =>
      this.#settled(
        id,
        this.#convert('commit', {
          id,
          receivedAt,
          cancellation,
          held,
          uploadId,
          name,
          alone,
          deferSync: this.#mayDefer,
        }),
      )
    const upload = await commit(false).catch(error => {
      if (!(error instanceof StorageError && error.code === 'heavy')) throw error
      return this.#inTurn(() => commit(true))
    })
    if (held) this.#syncLater()
    return upload
  }

  /**
   * Converts and commits the upload `id` while it is still arriving. Resolves to undefined if that is not
   * possible; then call `commit` once the upload is complete.
   */
  commitArriving(
    id: number,
    receivedAt: string,
    { shared }: Arrival,
    cancellation: Cancellation,
    { uploadId, name }: UploadOptions,
  ): Promise<CommittedUpload | undefined> {
    const task = { id, receivedAt, arrival: shared, cancellation, uploadId, name }
    return this.#settled(id, this.#convert('commitArriving', task))
  }

  #convert<Name extends 'commit' | 'commitArriving'>(
    name: Name,
    task: Tasks[Name]['task'],
  ): Promise<Tasks[Name]['value']> {
    this.#waitingConversions++
    return this.#conversions.runExclusive(async () => {
      this.#waitingConversions--
      this.#converting++
      try {
        return await this.#run(name, task)
      } finally {
        this.#converting--
      }
    })
  }

  /** Returns the committed upload even if its worker died after the commit. Throws if the upload was not committed. */
  async #settled<T>(id: number, commit: Promise<T>): Promise<T | CommittedUpload> {
    try {
      return await commit
    } catch (error) {
      if (error instanceof StorageError) throw error
      const upload = await this.#run('settle', { id })
      if (!upload) throw error
      log.error(error)
      return upload
    }
  }

  /** Runs heavy conversions one at a time, while the workers go on with light tasks. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#heavy.then(work)
    this.#heavy = done.catch(() => {})
    return done
  }

  /** Returns the warnings for the columns of a committed upload that clash with those of other uploads. Never rejects. */
  async clashWarnings(
    { id, columns }: CommittedUpload,
    clashes: readonly Clash[],
  ): Promise<readonly string[]> {
    if (clashes.length === 0) return []
    try {
      const task = { id, columns: columns.length, clashes }
      return await this.readers.during(() => this.#run('clashWarnings', task))
    } catch (error) {
      // The upload is stored: its client must not take it for refused.
      log.error(error)
      return []
    }
  }

  /** Sums a plan on all workers. Returns the partial sum of each worker. */
  sum(plan: SumPlan, cancellation: Cancellation): Promise<PartialSum[]> {
    return Promise.all(Array.from({ length: plan.workers }, () => this.#run('sum', { plan, cancellation })))
  }

  /** Follows a plan on all workers. Returns the partials of each worker. */
  stats(plan: StatsPlan, cancellation: Cancellation): Promise<ColumnPartial[][]> {
    return Promise.all(Array.from({ length: plan.workers }, () => this.#run('stats', { plan, cancellation })))
  }

  /** Reads footers on one worker. */
  readFooters(task: FootersTask, cancellation: Cancellation): Promise<UploadsExtent> {
    return this.#run('readFooters', { ...task, cancellation })
  }

  /** Returns what is noted about the text columns among the places of a column. */
  async notedTexts(places: ColumnPlaces): Promise<NotedTexts> {
    const hasTexts = [...places.otherTypes.values()].includes('text')
    return hasTexts
      ? this.#run('notedTexts', { places })
      : { integers: new Float64Array(), misfits: new Float64Array() }
  }

  /** Rejects with the error that tells of the refusal. */
  refuse(refusal: Refusal, cancellation: Cancellation): Promise<never> {
    return this.#run('refuse', { refusal, cancellation })
  }

  /** Makes the folder of a query over these uploads. */
  makeQueryFiles(query: number, ids: Float64Array, cancellation: Cancellation): Promise<QueryFiles> {
    return this.#run('makeQueryFiles', { query, ids, cancellation })
  }

  /** Removes the folder of a query. Never rejects: the next start removes what is left. */
  async removeQueryFiles(query: number): Promise<void> {
    try {
      await this.#run('removeQueryFiles', { query })
    } catch (error) {
      if (!this.#closed) log.error(error)
    }
  }

  list(page: PageRequest): Promise<Page> {
    return this.#run('list', { page })
  }

  get(id: number, bytes: number): Promise<UploadSummary | undefined> {
    return this.#run('get', { id, bytes })
  }

  /** Returns what the row of an upload has, or undefined without such a row. */
  find(id: number): Promise<FoundUpload | undefined> {
    return this.#run('find', { id })
  }

  /** Deletes the row of an upload, also if the worker dies afterwards. Returns false if there is no such row. */
  async removeRow(id: number): Promise<boolean> {
    try {
      return await this.#run('removeRow', { id })
    } catch (error) {
      if (error instanceof StorageError || (await this.find(id))) throw error
      log.error(error)
      return true
    }
  }

  /** Removes the files of uploads whose rows were deleted. Never rejects: the next start removes what is left. */
  async removeFiles(ids: readonly number[]): Promise<void> {
    try {
      await this.#run('removeFiles', { ids })
    } catch (error) {
      if (!this.#closed) log.error(error)
    }
  }

  /** Whether the files of one more small upload may be synced later. */
  get #mayDefer(): boolean {
    return this.#unsynced < MAX_UNSYNCED && !this.#syncFailed
  }

  /**
   * Reports every stored file whose size is not the expected one. A start only checks that the files exist,
   * because checking the sizes of a million files takes seconds. This check has one task at a time, so it
   * does not hold up other work.
   */
  async checkSizes(uploads: UploadsSnapshot): Promise<void> {
    try {
      for (const sizes of expectedSizes(uploads))
        for (const problem of await this.#run('checkSizes', { sizes })) log.error(`damaged: ${problem}`)
    } catch (error) {
      if (!this.#closed) log.error(error)
    }
  }

  #syncLater(): void {
    this.#quiet.refresh()
    if (++this.#unsynced >= MAX_UNSYNCED / 2) void this.syncAll()
  }

  syncAll(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined
    })
    return this.#syncing
  }

  async #sync(): Promise<void> {
    if (this.#syncFailed) return
    try {
      for (;;) {
        const synced = await this.readers.during(() => this.#run('sync', undefined))
        this.#unsynced = Math.max(0, this.#unsynced - synced)
        if (synced === 0) return
      }
    } catch (error) {
      // Never retry a failed sync: Linux reports lost pages once, and the next sync succeeds although the
      // data is gone. The catalogue keeps a copy of the unsynced files, and the next start writes the files
      // again. From now on every upload is synced at once.
      this.#syncFailed = true
      if (!this.#closed) log.error(error)
    }
  }

  /** Ends the workers, whatever they are doing. */
  close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#quiet)
    return this.#piscina.destroy()
  }

  async #run<Name extends keyof Tasks>(name: Name, task: Tasks[Name]['task']): Promise<Tasks[Name]['value']> {
    const outcome: Outcome<Tasks[Name]['value']> = await this.#piscina.run(task, { name })
    if ('value' in outcome) return outcome.value
    const { code, message, forClients } = outcome
    throw new StorageError(code, message, { forClients })
  }
}
