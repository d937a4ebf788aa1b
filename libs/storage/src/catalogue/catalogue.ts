import type { Column } from '../csv/inference.ts'
import type { Guarded } from './lock.ts'
import type { Upload } from './upload.ts'

/** The structures that all calls share. They are reached through the lock alone. */
export interface SharedState {
  nextId: number
  /** By ascending id. */
  uploads: Upload[]
  /** The last copy of `uploads` that was handed out, as long as it is current. */
  snapshot: readonly Upload[] | undefined
  /** One array of columns for all uploads of a schema: with many uploads the arrays would be most of the memory. */
  schemas: Map<string, readonly Column[]>
}

/** `uploads` by ascending id, as read from the table. */
export function sharedState(uploads: Upload[]): SharedState {
  const schemas = new Map<string, readonly Column[]>()
  for (const columns of new Set(uploads.map(upload => upload.columns)))
    schemas.set(JSON.stringify(columns), columns)
  return { nextId: (uploads.at(-1)?.id ?? 0) + 1, uploads, snapshot: undefined, schemas }
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

  /** The id of a new upload, never given out before by this process nor used by a committed upload. */
  async reserve(): Promise<number> {
    return this.#shared.access(shared => shared.nextId++)
  }

  /** Makes an upload visible to every snapshot from now on. Only after its row is committed; the second time does nothing. */
  async publish(upload: Upload): Promise<void> {
    const schema = JSON.stringify(upload.columns)
    await this.#shared.access(shared => {
      const columns = shared.schemas.get(schema) ?? upload.columns
      shared.schemas.set(schema, columns)
      if (insertById(shared.uploads, { ...upload, columns })) shared.snapshot = undefined
    })
  }

  /** Every published upload by ascending id: a copy that later uploads do not change. */
  async snapshot(): Promise<readonly Upload[]> {
    return this.#shared.access(shared => {
      shared.snapshot ??= Object.freeze(shared.uploads.slice())
      return shared.snapshot
    })
  }
}

/** From the end, where a new upload belongs, but for those that overtook it. Returns false if it is there already. */
function insertById(uploads: Upload[], upload: Upload): boolean {
  let at = uploads.length
  while (at > 0 && uploads[at - 1].id > upload.id) at--
  if (at > 0 && uploads[at - 1].id === upload.id) return false
  uploads.splice(at, 0, upload)
  return true
}
