import type { Limits } from '../config/limits.ts'
import { type Admit, limitConcurrency } from './concurrencyLimit.ts'
import { Connections } from './connections.ts'
import { IdleTimeout } from './idleTimeout.ts'
import { queue } from './queue.ts'

/** Sums at once. The plan of one takes 64 bytes an upload: only as many are made at once as there are workers. */
const SUMS = 1024

/** How much work the server takes on at once, over all transports. */
export class Admission {
  readonly connections: Connections
  /** For the bodies of uploads. When there are too many uploads, the slowest makes room. */
  readonly uploadTimeout: IdleTimeout
  /** For the bodies of other requests. */
  readonly requestTimeout: IdleTimeout
  /** Runs an upload, or refuses it before its body is read. */
  readonly upload: Admit
  readonly #sums: Admit
  readonly #sumQueue: ReturnType<typeof queue>

  constructor({ connections, uploads, idleTime }: Limits, workers: number) {
    this.connections = new Connections(connections)
    this.uploadTimeout = new IdleTimeout(idleTime)
    this.requestTimeout = new IdleTimeout(idleTime)
    this.upload = limitConcurrency(uploads, 'uploads', () => this.uploadTimeout.giveUpSlowest())
    this.#sums = limitConcurrency(SUMS, 'sums')
    this.#sumQueue = queue(workers)
  }

  /** Runs a sum when a worker is free for it, or refuses it. */
  sum<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#sums(() => this.#sumQueue(work, signal))
  }
}
