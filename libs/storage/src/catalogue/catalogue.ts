import type { Column } from '../schema.ts'
import type { Clash, ColumnCensus, NamedColumns } from './census.ts'
import { IdSet } from './idSet.ts'
import type { Guarded } from './lock.ts'
import type { Upload } from './upload.ts'
import { listedUpload, type ParquetNumbers, type UploadList, type UploadsSnapshot } from './uploadList.ts'

/** The structures that all calls share. They can only be reached through the lock. */
export interface SharedState {
  nextId: number
  uploads: UploadList
  /** The ids that are or were in `uploads`. */
  published: IdSet
  /** The schemas of `uploads`. */
  schemas: IdSet
  /** Of the columns of `uploads`. */
  census: ColumnCensus
}

export function sharedState(uploads: UploadList, nextId: number, census: ColumnCensus): SharedState {
  const published = new IdSet()
  const schemas = new IdSet()
  for (const { id, schema } of uploads.snapshot()) {
    published.add(id)
    schemas.add(schema)
  }
  return { nextId, uploads, published, schemas, census }
}

/** What a question is about: the uploads that were published when it arrived. */
export interface Snapshot {
  uploads: UploadsSnapshot
  /** How many schemas these uploads have. The number grows with each new schema. */
  schemas: number
}

/** The published uploads, for all calls of the process. The one global lock is in here. */
export class Catalogue {
  readonly #shared: Guarded<SharedState>

  constructor(shared: Guarded<SharedState>) {
    this.#shared = shared
  }

  /** Whether the lock is held now. */
  get held(): boolean {
    return this.#shared.held
  }

  /** Returns the id of a new upload, which was never used before. */
  async reserve(): Promise<number> {
    return this.#shared.access(shared => shared.nextId++)
  }

  /**
   * Makes an upload visible to every later snapshot. Call this after the upload's row is committed; a second
   * call does nothing. Returns the
   * columns that clash with those of earlier uploads.
   */
  async publish(upload: Upload): Promise<Clash[]> {
    const listed = listedUpload(upload)
    return this.#shared.access(({ uploads, published, schemas, census }) => {
      if (!published.add(listed.id)) return []
      schemas.add(listed.schema)
      uploads.append(listed)
      const clashes = census.clashesOf(upload.columns)
      census.add(upload.columns)
      return clashes
    })
  }

  /** Returns whether an upload is or was published. */
  async has(id: number): Promise<boolean> {
    return this.#shared.access(({ published }) => published.has(id))
  }

  /**
   * Hides an upload from every snapshot from now on. Only after its row is deleted. `columns`: those of the upload. Returns false if the
   * upload is not published.
   */
  async remove(id: number, columns: readonly Column[]): Promise<boolean> {
    return this.#shared.access(({ uploads, census }) => {
      const removed = uploads.remove(id)
      if (removed) census.remove(columns)
      return removed
    })
  }

  /** Gives an upload another Parquet file with the same rows, also in earlier snapshots. */
  async replaceParquet(id: number, file: ParquetNumbers): Promise<void> {
    return this.#shared.access(({ uploads }) => uploads.replaceParquet(id, file))
  }

  /** Returns every published upload. Later uploads and removals do not change the snapshot. */
  async snapshot(): Promise<Snapshot> {
    return this.#shared.access(({ uploads, schemas }) => ({
      uploads: uploads.snapshot(),
      schemas: schemas.size,
    }))
  }

  /** Returns every published upload, and their columns as `ColumnCensus.named` does. */
  async described(limit: number, bytes: number): Promise<{ uploads: UploadsSnapshot; named: NamedColumns }> {
    return this.#shared.access(({ uploads, census }) => ({
      uploads: uploads.snapshot(),
      named: census.named(limit, bytes),
    }))
  }
}
