import { type Limits, QUERIES } from '../config/limits.ts'
import type { Reading } from '../observe/metrics.ts'
import type { Observer } from '../observe/observer.ts'
import { type Admit, limitConcurrency } from './concurrencyLimit.ts'
import { Connections } from './connections.ts'
import { IdleTimeout } from './idleTimeout.ts'
import { OpenCalls } from './openCalls.ts'
import { queue } from './queue.ts'

/**
 * The limit of sums that run or wait. Only as many sums run as there are workers, because the plan of a sum
 * takes 64 bytes for each upload.
 */
const SUMS = 1024

/** The limit of queries that run or wait. */
const WAITING_QUERIES = 128

/** The limit of small bodies that are read at once. */
const SMALL_BODIES = 128

/** How much work on the catalogue alone runs at once. Uploads and sums need the other workers. */
const CATALOGUE_TASKS = 2

/** Limits how much work the server takes on at once, over all transports. */
export class Admission {
  readonly connections: Connections
  readonly calls: OpenCalls
  /** The idle timeout for the bodies of uploads. When there are too many uploads, the slowest one makes room. */
  readonly uploadTimeout: IdleTimeout
  /** The idle timeout for the bodies of other requests. */
  readonly requestTimeout: IdleTimeout
  /** Runs an upload, or refuses the upload before its body is read. */
  readonly upload: Admit
  /** Runs work on the catalogue alone, in its turn. */
  readonly catalogue = queue(CATALOGUE_TASKS)
  /** Runs a download, or refuses it. Each takes an open file and some parts of 64 KiB. */
  readonly download: Admit
  /** Runs the reading of a small body over HTTP, or refuses it. Each takes up to 64 KiB. */
  readonly smallBody: Admit
  readonly #sums: Admit
  readonly #sumQueue: ReturnType<typeof queue>
  readonly #queries = limitConcurrency(WAITING_QUERIES, 'queries')
  readonly #queryQueue = queue(QUERIES)

  constructor({ connections, uploads, idleTime }: Limits, workers: number, observer: Observer) {
    this.calls = new OpenCalls(observer)
    this.connections = new Connections(connections)
    this.uploadTimeout = new IdleTimeout(idleTime)
    this.requestTimeout = new IdleTimeout(idleTime)
    this.upload = limitConcurrency(uploads, 'uploads', () => this.uploadTimeout.giveUpSlowest())
    this.download = limitConcurrency(uploads, 'downloads')
    this.smallBody = limitConcurrency(SMALL_BODIES, 'requests', () => this.requestTimeout.giveUpSlowest())
    this.#sums = limitConcurrency(SUMS, 'sums')
    this.#sumQueue = queue(workers)
  }

  get readings(): Reading[] {
    const underWay = (work: string, admit: Admit): Reading => ({
      kind: 'gauge',
      name: `table_${work}_under_way`,
      help: `${work[0]?.toUpperCase()}${work.slice(1)} that run or wait for their turn.`,
      read: () => admit.running,
    })
    return [
      ...this.connections.readings,
      ...this.calls.readings,
      underWay('uploads', this.upload),
      underWay('downloads', this.download),
      underWay('sums', this.#sums),
      underWay('queries', this.#queries),
    ]
  }

  /** Runs a sum as soon as a worker is free, or refuses the sum. */
  sum<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#sums(() => this.#sumQueue(work, signal))
  }

  /** Runs a query as soon as there is a place, or refuses the query. */
  query<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#queries(() => this.#queryQueue(work, signal))
  }
}
