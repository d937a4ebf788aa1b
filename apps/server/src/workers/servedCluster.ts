import {
  ClusterTable,
  type OpenCluster,
  openCluster,
  openEngine,
  type Tasks,
  type Workers,
} from '@table/cluster'
import { type StorageLimits, setStorageLimits } from '@table/storage'
import type {
  ColumnStats,
  CsvBody,
  Description,
  Page,
  PageRequest,
  StoredFile,
  StoredUpload,
  UploadOptions,
  UploadResult,
} from '@table/table'
import type { ClusterFlags } from '../config/clusterFlags.ts'
import { translated, translatedParts } from './localTable.ts'
import type { ServedTable } from './servedTable.ts'
import { Threads } from './threads.ts'

/** A table in a cluster, with the worker threads of this server. */
export class ServedCluster implements ServedTable {
  readonly #cluster: OpenCluster
  readonly #table: ClusterTable
  readonly #threads: Threads<Tasks>

  private constructor(cluster: OpenCluster, threads: Threads<Tasks>) {
    this.#cluster = cluster
    this.#table = new ClusterTable(cluster)
    this.#threads = threads
  }

  /** Opens all parts. Throws a `StorageError` if one of them cannot be used. `spool`: the directory of what is under way. */
  static async open(
    flags: ClusterFlags,
    spool: string,
    count: number,
    limits: StorageLimits,
  ): Promise<ServedCluster> {
    setStorageLimits(limits)
    const threads = new Threads<Tasks>('clusterWorker', count, { limits })
    const workers: Workers = { count, run: (name, task) => threads.run(name, task) }
    try {
      const engine = await openEngine(flags.engine)
      return new ServedCluster(await openCluster({ ...flags, engine, spool, workers }), threads)
    } catch (error) {
      await threads.close()
      throw error
    }
  }

  upload(csv: CsvBody, options: UploadOptions, signal: AbortSignal): Promise<UploadResult> {
    return translated(this.#table.upload(csv, options, signal))
  }

  columnSum(column: string, format: string, signal: AbortSignal): Promise<bigint> {
    return translated(this.#table.columnSum(column, format, signal))
  }

  list(page: PageRequest): Promise<Page> {
    return translated(this.#table.list(page))
  }

  get(id: number, bytes: number): Promise<StoredUpload | undefined> {
    return translated(this.#table.get(id, bytes))
  }

  delete(id: number): Promise<boolean> {
    return translated(this.#table.delete(id))
  }

  async open(id: number, format: string): Promise<StoredFile | undefined> {
    const file = await translated(this.#table.open(id, format))
    return (
      file && {
        bytes: file.bytes,
        version: file.version,
        parts: () => translatedParts(file.parts()),
        range: (start, end) => translatedParts(file.range(start, end)),
        close: () => file.close(),
      }
    )
  }

  stats(columns: readonly string[], format: string, signal: AbortSignal): Promise<ColumnStats[]> {
    return translated(this.#table.stats(columns, format, signal))
  }

  query(): AsyncIterable<Uint8Array> {
    return translatedParts(this.#table.query())
  }

  describe(most: { columns: number; bytes: number }): Promise<Description> {
    return translated(this.#table.describe(most))
  }

  isReady(): Promise<boolean> {
    return this.#cluster.isReady()
  }

  /** The store checks its own sizes. */
  async checkSizes(): Promise<void> {}

  /** Everything that was acknowledged is in the store. */
  async settle(): Promise<void> {}

  async close(): Promise<void> {
    await this.#cluster.close()
    await this.#threads.close()
  }
}
