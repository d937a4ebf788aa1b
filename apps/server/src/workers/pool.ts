import {
  type Arrival,
  type Cancellation,
  type Clash,
  type ColumnPartial,
  type ColumnPlaces,
  type CommittedUpload,
  Conversions,
  expectedSizes,
  type FootersTask,
  type FoundUpload,
  KnownColumns,
  MAX_UNSYNCED,
  type NotedTexts,
  type PartialSum,
  type QuerySchema,
  type Refusal,
  type StatsPlan,
  StorageError,
  type StorageLimits,
  type Store,
  type SumPlan,
  type UploadsExtent,
  type UploadsSnapshot,
} from '@table/storage'
import type { Page, PageRequest, StoredUpload, UploadOptions } from '@table/table'
import { log } from '../observe/log.ts'
import type { Reading } from '../observe/metrics.ts'
import { Readers } from './readers.ts'
import { conversionReadings } from './tableReadings.ts'
import { Threads } from './threads.ts'
import type { Tasks } from './worker.ts'

/**
 * After this time without a small upload the files of small uploads are synced, in ms. By then the system has
 * written most of them anyway.
 */
const QUIET = 60_000

/**
 * The worker threads, with a first-come-first-served queue in front. A worker that dies is replaced; the task
 * it was doing fails.
 */
export class Pool {
  readonly workers: number
  readonly columns = new KnownColumns(name => this.#threads.run('findColumn', { name }))
  readonly readers = new Readers()
  readonly #threads: Threads<Tasks>
  /** An upper bound on the small uploads whose files are not synced. */
  #unsynced = 0
  #syncing: Promise<void> | undefined
  #syncFailed = false
  readonly #quiet = setTimeout(() => void this.syncAll(), QUIET).unref()
  readonly #conversions = new Conversions()

  constructor({ dataDir, catalogueIdentity }: Store, workers: number, limits: StorageLimits) {
    this.workers = workers
    this.#threads = new Threads('worker', workers, { dataDir, catalogueIdentity, limits })
  }

  get readings(): Reading[] {
    return [...conversionReadings(this.#conversions), ...this.#threads.readings]
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
    const task = { id, receivedAt, cancellation, held, uploadId, name }
    const upload = await this.#conversions.lightOrAlone(alone =>
      this.#settled(
        id,
        this.#conversions.run(() =>
          this.#threads.run('commit', { ...task, alone, deferSync: this.#mayDefer }),
        ),
      ),
    )
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
    return this.#settled(
      id,
      this.#conversions.run(() => this.#threads.run('commitArriving', task)),
    )
  }

  /** Returns the committed upload even if its worker died after the commit. Throws if the upload was not committed. */
  async #settled<T>(id: number, commit: Promise<T>): Promise<T | CommittedUpload> {
    try {
      return await commit
    } catch (error) {
      if (error instanceof StorageError) throw error
      const upload = await this.#threads.run('settle', { id })
      if (!upload) throw error
      log.error(error)
      return upload
    }
  }

  /** Returns the warnings for the columns of a committed upload that clash with those of other uploads. Never rejects. */
  async clashWarnings(
    { id, columns }: CommittedUpload,
    clashes: readonly Clash[],
  ): Promise<readonly string[]> {
    if (clashes.length === 0) return []
    try {
      const task = { id, columns: columns.length, clashes }
      return await this.readers.during(() => this.#threads.run('clashWarnings', task))
    } catch (error) {
      // The upload is stored: its client must not take it for refused.
      log.error(error)
      return []
    }
  }

  /** Sums a plan on all workers. Returns the partial sum of each worker. */
  sum(plan: SumPlan, cancellation: Cancellation): Promise<PartialSum[]> {
    return Promise.all(
      Array.from({ length: plan.workers }, () => this.#threads.run('sum', { plan, cancellation })),
    )
  }

  /** Follows a plan on all workers. Returns the partials of each worker. */
  stats(plan: StatsPlan, cancellation: Cancellation): Promise<ColumnPartial[][]> {
    return Promise.all(
      Array.from({ length: plan.workers }, () => this.#threads.run('stats', { plan, cancellation })),
    )
  }

  /** Reads footers on one worker. */
  readFooters(task: FootersTask, cancellation: Cancellation): Promise<UploadsExtent> {
    return this.#threads.run('readFooters', { ...task, cancellation })
  }

  /** Returns what is noted about the text columns among the places of a column. */
  async notedTexts(places: ColumnPlaces): Promise<NotedTexts> {
    const hasTexts = [...places.otherTypes.values()].includes('text')
    return hasTexts
      ? this.#threads.run('notedTexts', { places })
      : { integers: new Float64Array(), misfits: new Float64Array() }
  }

  /** Rejects with the error that tells of the refusal. */
  refuse(refusal: Refusal, cancellation: Cancellation): Promise<never> {
    return this.#threads.run('refuse', { refusal, cancellation })
  }

  /** Makes a folder for queries over these uploads. */
  makeQueryFiles(folder: number, ids: Float64Array, cancellation: Cancellation): Promise<QuerySchema[]> {
    return this.#threads.run('makeQueryFiles', { folder, ids, cancellation })
  }

  /** Removes such a folder. Never rejects: the next start removes what is left. */
  async removeQueryFiles(folder: number): Promise<void> {
    try {
      await this.#threads.run('removeQueryFiles', { folder })
    } catch (error) {
      if (!this.#threads.isClosed) log.error(error)
    }
  }

  list(page: PageRequest): Promise<Page> {
    return this.#threads.run('list', { page })
  }

  get(id: number, bytes: number): Promise<StoredUpload | undefined> {
    return this.#threads.run('get', { id, bytes })
  }

  /** Returns what the row of an upload has, or undefined without such a row. */
  find(id: number): Promise<FoundUpload | undefined> {
    return this.#threads.run('find', { id })
  }

  /** Deletes the row of an upload, also if the worker dies afterwards. Returns false if there is no such row. */
  async removeRow(id: number): Promise<boolean> {
    try {
      return await this.#threads.run('removeRow', { id })
    } catch (error) {
      if (error instanceof StorageError || (await this.find(id))) throw error
      log.error(error)
      return true
    }
  }

  /** Removes the files of uploads whose rows were deleted. Never rejects: the next start removes what is left. */
  async removeFiles(ids: readonly number[]): Promise<void> {
    try {
      await this.#threads.run('removeFiles', { ids })
    } catch (error) {
      if (!this.#threads.isClosed) log.error(error)
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
        for (const problem of await this.#threads.run('checkSizes', { sizes }))
          log.error(`damaged: ${problem}`)
    } catch (error) {
      if (!this.#threads.isClosed) log.error(error)
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
        const synced = await this.readers.during(() => this.#threads.run('sync', undefined))
        this.#unsynced = Math.max(0, this.#unsynced - synced)
        if (synced === 0) return
      }
    } catch (error) {
      // Never retry a failed sync: Linux reports lost pages once, and the next sync succeeds although the
      // data is gone. The catalogue keeps a copy of the unsynced files, and the next start writes the files
      // again. From now on every upload is synced at once.
      this.#syncFailed = true
      if (!this.#threads.isClosed) log.error(error)
    }
  }

  /** Ends the workers, whatever they are doing. */
  close(): Promise<void> {
    clearTimeout(this.#quiet)
    return this.#threads.close()
  }
}
