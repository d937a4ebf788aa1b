import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import {
  type Arrival,
  type Cancellation,
  expectedSizes,
  KnownColumns,
  MAX_UNSYNCED,
  StorageError,
  type StorageLimits,
  type Store,
  type SumPlan,
  type Upload,
  type UploadId,
  type UploadsSnapshot,
} from '@table/storage'
import { Semaphore } from 'async-mutex'
import { Piscina } from 'piscina'
import { WORKER_HEAP } from '../config/tuning.ts'
import type { Outcome, Tasks } from './worker.ts'

/** In ms without a small upload, after which their files are synced: by then the system has written most of them anyway. */
const QUIET = 60_000

/** In ms, until another worker is loaded in place of one that could not be. */
const LOAD_AGAIN = 1000

/** One a core, but two at least, as one may wait for the disk. More of them at once would take more memory and no less time. */
const CONVERSIONS = Math.max(2, availableParallelism())

/**
 * The worker threads, with a queue in front: first come, first served. A worker that dies is replaced, and the task it
 * was doing fails.
 */
export class Pool {
  readonly workers: number
  readonly columns = new KnownColumns(name => this.#run('findColumn', { name }))
  readonly #piscina: Piscina
  /** Small uploads whose files are not synced: at least so many as there are. */
  #unsynced = 0
  #syncing: Promise<void> | undefined
  #syncFailed = false
  readonly #quiet = setTimeout(() => void this.syncAll(), QUIET).unref()
  #closed = false
  readonly #conversions = new Semaphore(CONVERSIONS)
  #heavy: Promise<unknown> = Promise.resolve()

  constructor({ dataDir, catalogueIdentity }: Store, workers: number, limits: StorageLimits) {
    this.workers = workers
    this.#piscina = new Piscina({
      filename: fileURLToPath(new URL('./worker.ts', import.meta.url)),
      workerData: { dataDir, catalogueIdentity, limits },
      minThreads: workers,
      maxThreads: workers,
      stricterFIFO: true,
      recordTiming: false,
      resourceLimits: WORKER_HEAP,
    })
    // A worker that dies between two tasks has been replaced when this is called.
    this.#piscina.on('error', error => {
      console.error(error)
      // One that died while it was loaded has not been: Piscina does that only when there is another task.
      if (this.#piscina.queueSize > 0)
        setTimeout(() => this.#run('nothing', undefined).catch(() => {}), LOAD_AGAIN)
    })
  }

  /** Converts and commits what was spooled as `id`, or is `held`. If this throws, nothing of the upload is left. */
  async commit(
    id: number,
    receivedAt: string,
    cancellation: Cancellation,
    held: Uint8Array | undefined,
    uploadId: UploadId | undefined,
  ): Promise<Upload> {
    const commit = (alone: boolean) =>
      this.#settled(
        id,
        this.#convert('commit', {
          id,
          receivedAt,
          cancellation,
          held,
          uploadId,
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

  /** The same while it is being spooled. Resolves to nothing if that cannot be done: then it has to be done afterwards. */
  commitArriving(
    id: number,
    receivedAt: string,
    { shared }: Arrival,
    cancellation: Cancellation,
    uploadId: UploadId | undefined,
  ): Promise<Upload | undefined> {
    const task = { id, receivedAt, arrival: shared, cancellation, uploadId }
    return this.#settled(id, this.#convert('commitArriving', task))
  }

  #convert<Name extends 'commit' | 'commitArriving'>(
    name: Name,
    task: Tasks[Name]['task'],
  ): Promise<Tasks[Name]['value']> {
    return this.#conversions.runExclusive(() => this.#run(name, task))
  }

  /** What became of a commit, though its worker may have died before or after the row was in. */
  async #settled<T>(id: number, commit: Promise<T>): Promise<T | Upload> {
    try {
      return await commit
    } catch (error) {
      if (error instanceof StorageError) throw error
      const upload = await this.#run('settle', { id })
      if (!upload) throw error
      console.error(error)
      return upload
    }
  }

  /** One at a time, which does not keep the workers from what is light. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#heavy.then(work)
    this.#heavy = done.catch(() => {})
    return done
  }

  /** The sums of what each worker takes of the plan. */
  sum(plan: SumPlan, cancellation: Cancellation): Promise<bigint[]> {
    return Promise.all(Array.from({ length: plan.workers }, () => this.#run('sum', { plan, cancellation })))
  }

  /** Whether the files of one more small upload may be synced later. */
  get #mayDefer(): boolean {
    return this.#unsynced < MAX_UNSYNCED && !this.#syncFailed
  }

  /**
   * Says of each stored file that has another size that it is damaged. A start has seen their names, and does not wait for this: a
   * million files take seconds. Nor does it keep the workers from anything: they have one task of it at a time.
   */
  async checkSizes(uploads: UploadsSnapshot): Promise<void> {
    try {
      for (const sizes of expectedSizes(uploads))
        for (const problem of await this.#run('checkSizes', { sizes })) console.error(`damaged: ${problem}`)
    } catch (error) {
      if (!this.#closed) console.error(error)
    }
  }

  #syncLater(): void {
    this.#quiet.refresh()
    if (++this.#unsynced >= MAX_UNSYNCED / 2) void this.syncAll()
  }

  /** Syncs the files of all small uploads. */
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
        const synced = await this.#run('sync', undefined)
        this.#unsynced = Math.max(0, this.#unsynced - synced)
        if (synced === 0) return
      }
    } catch (error) {
      // Never retry a failed sync: Linux reports lost pages once, and the next sync succeeds although the data is gone. What the
      // files hold stays in the catalogue until a start writes them again, and the next uploads are synced at once.
      this.#syncFailed = true
      if (!this.#closed) console.error(error)
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
