import {
  Arrival,
  type Cancellation,
  type CommittedUpload,
  cancel,
  cancellationOf,
  createSpool,
  exactTotal,
  formatOf,
  openStore,
  type PartialSum,
  planSum,
  refusalOf,
  releasePlan,
  type Spool,
  StorageError,
  type StorageErrorCode,
  type StorageLimits,
  type Store,
  setStorageLimits,
  shortageOf,
  textIntegersOf,
} from '@table/storage'
import { ServiceError, type ServiceErrorCode } from '../service/errors.ts'
import {
  type CsvBody,
  type Page,
  type PageRequest,
  START_OVER,
  type StoredUpload,
  type Table,
  type UploadOptions,
  type UploadResult,
} from '../service/table.ts'
import { Pool } from './pool.ts'

/** An upload of at least this many bytes is converted while it arrives. */
const LARGE_BYTES = 512 * 1024

/** A table in a data directory of this machine. */
export class LocalTable implements Table {
  readonly #store: Store
  readonly #pool: Pool

  /** Opens the directory. Throws a `StorageError` if the directory cannot be served. */
  constructor(dataDir: string, workers: number, limits: StorageLimits) {
    setStorageLimits(limits)
    this.#store = openStore(dataDir)
    this.#pool = new Pool(this.#store, workers, limits)
    // Sync the leftovers now: if every run ended in a crash, unsynced uploads would pile up.
    if (this.#store.hasUnsynced) void this.#pool.syncAll()
  }

  /** Receives, converts, commits and publishes an upload. A published upload is on the disk. */
  upload(csv: CsvBody, options: UploadOptions, signal: AbortSignal): Promise<UploadResult> {
    return translated(this.#upload(csv, options, cancellationOf(signal)))
  }

  columnSum(column: string, format: string, signal: AbortSignal): Promise<bigint> {
    return translated(this.#columnSum(column, format, cancellationOf(signal)))
  }

  list(page: PageRequest): Promise<Page> {
    return translated(this.#pool.list(page))
  }

  get(id: number, bytes: number): Promise<StoredUpload | undefined> {
    return translated(this.#pool.get(id, bytes))
  }

  /** Reports stored files whose sizes are wrong, while the table is served. */
  async checkSizes(): Promise<void> {
    const { uploads } = await this.#store.catalogue.snapshot()
    await this.#pool.checkSizes(uploads)
  }

  /** Syncs the files of all small uploads. */
  syncAll(): Promise<void> {
    return this.#pool.syncAll()
  }

  async close(): Promise<void> {
    await this.#pool.close()
    this.#store.close()
  }

  async #upload(csv: CsvBody, given: UploadOptions, cancellation: Cancellation): Promise<UploadResult> {
    const { dataDir, catalogue } = this.#store
    const receivedAt = new Date().toISOString()
    const id = await catalogue.reserve()
    let attempt: Promise<CommittedUpload | undefined> = Promise.resolve(undefined)
    const commitMeanwhile = async (arrival: Arrival) =>
      (await arrival.reached(LARGE_BYTES))
        ? this.#pool.commitArriving(id, receivedAt, arrival, cancellation, given)
        : undefined
    const { held } = await spooled(csv, () => {
      const arrival = new Arrival()
      attempt = attempt.then(() => commitMeanwhile(arrival))
      attempt.catch(() => {}) // the attempt is awaited below, once everything has arrived
      return createSpool(dataDir, id, arrival)
    })
    const committed = (await attempt) ?? (await this.#pool.commit(id, receivedAt, cancellation, held, given))
    // Publish even if nobody waits for the answer: the upload is committed, so the next start would count it
    // anyway.
    const clashes = await catalogue.publish(committed)
    const { rows, columns, warnings } = committed
    const clashing = await this.#pool.clashWarnings(committed, clashes)
    return { id: committed.id, rows, columns, warnings: [...warnings, ...clashing] }
  }

  async #columnSum(column: string, formatName: string, cancellation: Cancellation): Promise<bigint> {
    const format = formatOf(formatName)
    const { columns, workers } = this.#pool
    const snapshot = await this.#store.catalogue.snapshot()
    const { uploads } = snapshot
    const places = await columns.find(column, snapshot)
    const noted = await this.#pool.notedTexts(places)
    /** Rejects if the column has no sum. `refused` is an upload that turned out to hold other texts than integers. */
    const expectNumbers = async (refused?: number) => {
      const refusal = refusalOf(uploads, places, column, textIntegersOf(noted), refused)
      if (refusal) await this.#pool.refuse(refusal, cancellation)
    }
    await expectNumbers()
    const partials: PartialSum[] = []
    try {
      for (const plan of planSum(uploads, places, format, workers)) {
        const found = await this.#pool.sum(plan, cancellation)
        releasePlan(plan)
        partials.push(...found)
        const refused = found.find(({ refused }) => refused !== undefined)
        if (refused) await expectNumbers(refused.refused)
      }
    } catch (error) {
      // The first error is the answer, so stop the other workers.
      cancel(cancellation)
      throw error
    }
    return exactTotal(column, partials)
  }
}

/**
 * Writes a body to a spool and returns the spool closed. On any error the spool is discarded. Reading waits
 * for writing, so only one chunk and the spool's batch are in memory.
 */
async function spooled(csv: CsvBody, createSpool: () => Spool): Promise<Spool> {
  let spool = createSpool()
  try {
    for await (const part of csv) {
      if (part !== START_OVER) await spool.write(part)
      else if (spool.bytes > 0) {
        await spool.discard()
        spool = createSpool()
      }
    }
    await spool.close()
    return spool
  } catch (error) {
    await spool.discard()
    throw error
  }
}

const serviceCode: Record<StorageErrorCode, ServiceErrorCode> = {
  invalid: 'invalid-data',
  'too-large': 'too-large',
  'disk-full': 'disk-full',
  exhausted: 'unavailable',
  damaged: 'damaged',
  unusable: 'unavailable',
  cancelled: 'cancelled',
  undecided: 'unavailable',
  heavy: 'internal',
}

async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw forService(error)
  }
}

/**
 * Turns a storage error into a `ServiceError`, and writes what clients must not see to stderr. Other errors
 * are returned unchanged.
 */
export function forService(error: unknown): unknown {
  const known = error instanceof StorageError ? error : shortageOf(error)
  if (!known) return error
  const { code, message, forClients } = known
  if (code === 'damaged' || message !== forClients) console.error(message)
  return new ServiceError(serviceCode[code], forClients, { cause: known })
}
