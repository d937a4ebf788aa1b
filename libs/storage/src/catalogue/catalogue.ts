import { IdSet } from './idSet.ts'
import type { Guarded } from './lock.ts'
import type { Upload } from './upload.ts'
import { listedUpload, type UploadList, type UploadsSnapshot } from './uploadList.ts'

/** The structures that all calls share. They are reached through the lock alone. */
export interface SharedState {
  nextId: number
  uploads: UploadList
  /** The ids in `uploads`. */
  published: IdSet
  /** The schemas of `uploads`. */
  schemas: IdSet
}

export function sharedState(uploads: UploadList, nextId: number): SharedState {
  const published = new IdSet()
  const schemas = new IdSet()
  for (const { id, schema } of uploads.snapshot()) {
    published.add(id)
    schemas.add(schema)
  }
  return { nextId, uploads, published, schemas }
}

/** What a question is about: the uploads that were published when it came. */
export interface Snapshot {
  uploads: UploadsSnapshot
  /** How many schemas these have. It grows with each new one. */
  schemas: number
}

/** The published uploads, for all calls of the process. The one global lock lives in here. */
export class Catalogue {
  readonly #shared: Guarded<SharedState>

  constructor(shared: Guarded<SharedState>) {
    this.#shared = shared
  }

  /** Whether the lock is held now. */
  get held(): boolean {
    return this.#shared.held
  }

  /** The id of a new upload, never given out before. */
  async reserve(): Promise<number> {
    return this.#shared.access(shared => shared.nextId++)
  }

  /** Makes an upload visible to every snapshot from now on. Only after its row is committed; the second time does nothing. */
  async publish(upload: Upload): Promise<void> {
    const listed = listedUpload(upload)
    await this.#shared.access(({ uploads, published, schemas }) => {
      if (!published.add(listed.id)) return
      schemas.add(listed.schema)
      uploads.append(listed)
    })
  }

  /** Every published upload: later ones do not change it. */
  async snapshot(): Promise<Snapshot> {
    return this.#shared.access(({ uploads, schemas }) => ({
      uploads: uploads.snapshot(),
      schemas: schemas.size,
    }))
  }
}
