import type { Conversions } from '@table/storage'
import type { Commits } from './catalogue/commits.ts'
import type { Database } from './catalogue/database.ts'
import type { Uploads } from './catalogue/uploads.ts'
import type { Engine } from './engine/engine.ts'
import type { ObjectStore } from './objects/objectStore.ts'
import type { SpoolDirectory } from './spool/directory.ts'
import type { Workers } from './tasks.ts'

/** The parts that the questions of a cluster are answered with. */
export interface Cluster {
  database: Database
  objects: ObjectStore
  /** Without an engine, our kernels read all objects themselves. */
  engine: Engine | undefined
  /** Whether SQL is answered, which on an engine can read and write everything that the engine can reach. */
  engineSql: boolean
  uploads: Uploads
  commits: Commits
  spool: SpoolDirectory
  workers: Workers
  conversions: Conversions
}
