import {
  Catalogue,
  type Clash,
  ColumnCensus,
  Guarded,
  KnownColumns,
  type ListedUpload,
  log,
  type NamedColumns,
  StorageError,
  sharedState,
  UploadList,
  type UploadsSnapshot,
} from '@table/storage'
import type { Database } from './database.ts'
import { ParticularsList, tagOf } from './particulars.ts'
import { Schemas } from './schemas.ts'

/** A change of the table: a committed upload, one that has other objects now, or a removed one. */
interface Change {
  seq: number
  kind: 'committed' | 'repaired' | 'removed'
  upload: number
  schema: number
  shownBytes: number
  object: string
  received_at: string
  rows: number
  csv_bytes: number
  csv_cuts: string
  csv_etag: string
  parquet_bytes: number
  parquet_etag: string
  footer_bytes: number
  footer_crc: number
  row_groups: number
  multi_line: boolean
  own_kernels: boolean
  stored_at: number
}

const CHANGES = 2000
/** Of how many uploads the clashes are kept for their clients. Those of other servers are among them. */
const MOST_CLASHES = 1000

/** An upload as a snapshot has it. */
export type { ListedUpload, UploadsSnapshot }

/** What a question is about: the uploads that were committed when it began. */
export interface Snapshot {
  uploads: UploadsSnapshot
  schemas: number
}

/**
 * The uploads of the table in memory, brought up to date from the catalogue before every question, so that each server sees what any
 * server has acknowledged.
 */
export class Uploads {
  readonly particulars = new ParticularsList()
  readonly schemas: Schemas
  readonly columns: KnownColumns
  readonly #database: Database
  readonly #listed = new Catalogue(new Guarded(sharedState(new UploadList(), 1, new ColumnCensus())))
  /** The last change that is in memory. */
  #last: Pick<Change, 'seq' | 'kind' | 'upload' | 'object'> | undefined
  /** Uploads whose last known change is not there any more, so that another change of theirs has to follow. */
  readonly #changed = new Set<number>()
  /** Why no question can be answered any more. */
  #failure: StorageError | undefined
  #refreshing: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined
  /** The clashes of uploads whose clients wait for the answer. */
  readonly #clashes = new Map<number, readonly Clash[]>()
  #watching = 0

  constructor(database: Database) {
    this.#database = database
    this.schemas = new Schemas(database)
    this.columns = new KnownColumns(name => this.schemas.find(name))
  }

  /** Whether the lock is held now. */
  get held(): boolean {
    return this.#listed.held
  }

  /** Returns every upload that was committed before this call. */
  async snapshot(): Promise<Snapshot> {
    await this.refresh()
    return this.#listed.snapshot()
  }

  /** Returns the uploads that are in memory, which does not wait for the catalogue. */
  async known(): Promise<UploadsSnapshot> {
    return (await this.#listed.snapshot()).uploads
  }

  async described(limit: number, bytes: number): Promise<{ uploads: UploadsSnapshot; named: NamedColumns }> {
    await this.refresh()
    return this.#listed.described(limit, bytes)
  }

  /** Brings the memory up to date. Calls that come together share one look at the catalogue, which begins after all of them. */
  refresh(): Promise<void> {
    this.#next ??= this.#refreshing
      .catch(() => {})
      .then(() => {
        this.#next = undefined
        this.#refreshing = this.#refresh()
        return this.#refreshing
      })
    return this.#next
  }

  /** Commits an upload with `commit`, and returns with which earlier columns its columns clash. */
  async committed<T extends { id: number }>(
    commit: () => Promise<T>,
  ): Promise<{ committed: T; clashes: readonly Clash[] }> {
    this.#watching++
    try {
      const committed = await commit()
      // The upload is stored: its client must not take it for refused.
      await this.refresh().catch(log.error)
      return { committed, clashes: this.#clashes.get(committed.id) ?? [] }
    } finally {
      if (--this.#watching === 0) this.#clashes.clear()
    }
  }

  #noteClashes(id: number, clashes: readonly Clash[]): void {
    this.#clashes.set(id, clashes)
    const [oldest] = this.#clashes.keys()
    if (this.#clashes.size > MOST_CLASHES && oldest !== undefined) this.#clashes.delete(oldest)
  }

  async #refresh(): Promise<void> {
    if (this.#failure) throw this.#failure
    for (;;) {
      const last = this.#last
      // The last known change comes again. The numbers of changes are visible in their order, so nothing below it is missed.
      const found = await this.#database.call<Change>('changes_since', [(last?.seq ?? 1) - 1, CHANGES + 1])
      const isThere = last !== undefined && isSame(last, found[0])
      if (last && !isThere) this.#changed.add(last.upload)
      const changes = isThere ? found.slice(1) : found
      for await (const { row, columns } of this.schemas.each(changes)) {
        const { upload } = row
        if (row.kind === 'removed') await this.#listed.remove(upload, columns)
        else {
          this.particulars.set(upload, particularsOf(row))
          // A question between these two lines finds an object of another size at worst, and fails.
          if (row.kind === 'repaired') await this.#listed.replaceParquet(upload, uploadOf(row, columns))
          const clashes = await this.#listed.publish(uploadOf(row, columns))
          if (this.#watching > 0 && clashes.length > 0) this.#noteClashes(upload, clashes)
        }
        if (row.kind !== 'committed') this.#changed.delete(upload)
        this.#last = { seq: row.seq, kind: row.kind, upload, object: row.object }
      }
      if (changes.length < CHANGES) break
    }
    if (this.#changed.size > 0) throw this.#fail()
  }

  /** The memory has uploads that the catalogue does not have, or other ones under their numbers. */
  #fail(): StorageError {
    const forClients = 'the catalogue was put back to an earlier state: this server has to be started again'
    this.#failure = new StorageError('unusable', `${this.#database.name}: ${forClients}`, { forClients })
    return this.#failure
  }
}

function isSame(
  known: Pick<Change, 'seq' | 'kind' | 'upload' | 'object'>,
  found: Change | undefined,
): boolean {
  return (
    found?.seq === known.seq &&
    found.kind === known.kind &&
    found.upload === known.upload &&
    found.object === known.object
  )
}

function particularsOf(row: Change) {
  return {
    object: row.object,
    rows: row.rows,
    csvTag: tagOf(row.csv_etag),
    parquetTag: tagOf(row.parquet_etag),
    storedAt: row.stored_at,
    multiLine: row.multi_line,
    ownKernels: row.own_kernels,
  }
}

function uploadOf(row: Change, columns: Parameters<ColumnCensus['add']>[0]) {
  return {
    id: row.upload,
    receivedAt: row.received_at,
    rows: row.rows,
    csvBytes: row.csv_bytes,
    parquetBytes: row.parquet_bytes,
    csvCuts: JSON.parse(row.csv_cuts),
    rowGroups: row.row_groups,
    footerBytes: row.footer_bytes,
    footerCrc: row.footer_crc,
    columns,
    schema: row.schema,
  }
}
