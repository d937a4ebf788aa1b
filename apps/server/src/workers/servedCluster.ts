import {
  ClusterTable,
  type OpenCluster,
  openCluster,
  openEngine,
  type Tasks,
  type Workers,
} from '@table/cluster'
import { type StorageLimits, setStorageLimits } from '@table/storage'
import type { ClusterFlags } from '../config/clusterFlags.ts'
import type { Reading } from '../observe/metrics.ts'
import type { ServedTable } from './servedTable.ts'
import { conversionReadings, tableReadings } from './tableReadings.ts'
import { Threads } from './threads.ts'

/** A table in a cluster, with the worker threads of this server. */
export class ServedCluster extends ClusterTable implements ServedTable {
  readonly readings: Reading[]
  readonly #cluster: OpenCluster
  readonly #threads: Threads<Tasks>

  private constructor(cluster: OpenCluster, threads: Threads<Tasks>, spool: string) {
    super(cluster)
    this.readings = [
      ...tableReadings(() => cluster.uploads.known(), spool),
      ...conversionReadings(cluster.conversions),
      ...threads.readings,
    ]
    this.#cluster = cluster
    this.#threads = threads
  }

  /** Opens all parts. Throws a `StorageError` if one of them cannot be used. `spool`: the directory of what is under way. */
  static async start(
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
      const engineSql = flags.engineSql === 'on'
      return new ServedCluster(
        await openCluster({ ...flags, engine, engineSql, spool, workers }),
        threads,
        spool,
      )
    } catch (error) {
      await threads.close()
      throw error
    }
  }

  async count(): Promise<number> {
    return (await this.#cluster.uploads.known()).length
  }

  isReady(): Promise<boolean> {
    return this.#cluster.isReady()
  }

  /** The store checks its objects itself. */
  async checkSizes(): Promise<void> {}

  /** Everything that was acknowledged is in the store. */
  async settle(): Promise<void> {}

  async close(): Promise<void> {
    await this.#cluster.close()
    await this.#threads.close()
  }
}
