import { Conversions } from '@table/storage'
import { Commits } from './catalogue/commits.ts'
import { Database } from './catalogue/database.ts'
import { openDeployment } from './catalogue/deployment.ts'
import { Uploads } from './catalogue/uploads.ts'
import type { Cluster } from './cluster.ts'
import type { Engine } from './engine/engine.ts'
import { findCredentials } from './objects/credentials.ts'
import { readLocation } from './objects/location.ts'
import { ObjectStore } from './objects/objectStore.ts'
import { Readiness } from './readiness.ts'
import { openSpool } from './spool/directory.ts'
import { keepSwept } from './sweep.ts'
import type { Workers } from './tasks.ts'

export interface ClusterOptions {
  /** `postgres://user@host/database` */
  catalogue: string
  /** `s3://bucket/prefix` */
  objects: string
  /** The address of a store that is not Amazon's. */
  s3Endpoint: string | undefined
  /** The directory of the spool. */
  spool: string
  workers: Workers
  engine: Engine | undefined
  /** Whether the engine answers SQL. */
  engineSql?: boolean
}

export interface OpenCluster extends Cluster {
  /** Whether all parts answer now. */
  isReady(): Promise<boolean>
  close(): Promise<void>
}

/** Where the data of a cluster is. */
export type DataOptions = Pick<ClusterOptions, 'catalogue' | 'objects' | 's3Endpoint'>

/** Opens the catalogue and the objects of a cluster for a program that serves nothing. The caller closes the database. */
export async function openData(options: DataOptions): Promise<Pick<Cluster, 'database' | 'objects'>> {
  const parts = connect(options)
  try {
    await openDeployment(parts.database, parts.objects)
    return parts
  } catch (error) {
    await parts.database.close()
    throw error
  }
}

function connect({ catalogue, objects, s3Endpoint }: DataOptions): Pick<Cluster, 'database' | 'objects'> {
  return {
    objects: new ObjectStore(readLocation(objects, s3Endpoint), findCredentials()),
    database: new Database(catalogue),
  }
}

/** Opens the parts of a cluster. Throws StorageError `unusable` if one of them cannot be used or they do not belong together. */
export async function openCluster(options: ClusterOptions): Promise<OpenCluster> {
  const { workers, engine } = options
  const { database, objects } = connect(options)
  let release = () => {}
  const closing = new AbortController()
  const close = async () => {
    closing.abort()
    release()
    engine?.close()
    await database.close()
  }
  try {
    const spool = openSpool(options.spool)
    release = () => spool.close()
    await openDeployment(database, objects)
    const uploads = new Uploads(database)
    await uploads.refresh()
    void keepSwept({ database, objects }, closing.signal)
    const readiness = new Readiness({ database, uploads, objects, engine })
    return {
      database,
      objects,
      engine,
      engineSql: options.engineSql ?? false,
      uploads,
      commits: new Commits(database),
      spool,
      workers,
      conversions: new Conversions(),
      isReady: () => readiness.isReady(),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
