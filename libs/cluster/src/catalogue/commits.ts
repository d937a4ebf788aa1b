import { hash } from 'node:crypto'
import {
  type Column,
  type Converted,
  type CsvShape,
  MOST_COLUMN_BYTES,
  StorageError,
  shownColumnBytes,
} from '@table/storage'
import { uuidText } from '@table/table'
import type { Database } from './database.ts'

/** An upload whose objects are stored, and which is in no catalogue yet. */
export interface NewUpload extends Omit<Converted, 'warnings'>, Pick<CsvShape, 'multiLine'> {
  /** A UUID that no other upload has: it names the objects. */
  object: string
  /** A UUID in 16 bytes. */
  uploadId: Uint8Array | undefined
  name: string | undefined
  receivedAt: string
  csvBytes: number
  csvEtag: string
  parquetEtag: string
  /** When the store had both objects, by its clock, in s since 1970. */
  storedAt: number
  ownKernels: boolean
  /** See `encodeExtents`. */
  extents: string
}

export interface Committed {
  id: number
  /** Whether this is another upload, which was committed before under the same upload id. */
  isRepeated: boolean
}

interface Waiting {
  json: string
  resolve: (committed: Committed) => void
  reject: (error: unknown) => void
}

interface Answer {
  upload: number | null
  is_new: boolean
  total_bytes: number | null
}

/** What goes into one transaction at most. */
const MOST_UPLOADS = 100
const MOST_CHARACTERS = 4 * 1024 * 1024

/** Commits uploads: those that come while a transaction is under way share the next one, as each has to wait for the disk. */
export class Commits {
  readonly #database: Database
  #waiting: Waiting[] = []
  #running = false

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Resolves once the upload is committed. If this rejects with `unusable`, nobody knows whether the upload is committed, so its objects must
   * stay.
   */
  commit(upload: NewUpload): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ json: jsonOf(upload), resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) await this.#commit(this.#take())
    this.#running = false
  }

  #take(): Waiting[] {
    let characters = 0
    let count = 0
    for (const { json } of this.#waiting) {
      characters += json.length
      if (count > 0 && (count === MOST_UPLOADS || characters > MOST_CHARACTERS)) break
      count++
    }
    return this.#waiting.splice(0, count)
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const uploads = `[${batch.map(({ json }) => json).join(',')}]`
      const answers = await this.#database.call<Answer>('commit_uploads', [uploads])
      batch.forEach(({ resolve, reject }, i) => {
        const { upload, is_new, total_bytes } = answers[i] as Answer
        if (upload === null) reject(noRoom(total_bytes ?? 0))
        else resolve({ id: upload, isRepeated: !is_new })
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}

function noRoom(total: number): StorageError {
  return new StorageError(
    'too-large',
    `the column names of all uploads would take ${total} bytes, at most ${MOST_COLUMN_BYTES} are allowed: upload tables whose columns were uploaded before, or use another cluster`,
  )
}

function jsonOf(upload: NewUpload): string {
  const columns = JSON.stringify(upload.columns satisfies Column[])
  return JSON.stringify({
    object: upload.object,
    upload_id: upload.uploadId && uuidText(upload.uploadId),
    name: upload.name,
    received_at: upload.receivedAt,
    rows: upload.rows,
    csv_bytes: upload.csvBytes,
    csv_cuts: JSON.stringify(upload.csvCuts),
    csv_checksum: hexOf(upload.checksums.csv),
    csv_etag: upload.csvEtag,
    parquet_bytes: upload.parquetBytes,
    parquet_checksum: hexOf(upload.checksums.parquet),
    parquet_etag: upload.parquetEtag,
    footer_bytes: upload.footerBytes,
    footer_crc: upload.footerCrc,
    row_groups: upload.rowGroups,
    multi_line: upload.multiLine,
    own_kernels: upload.ownKernels,
    stored_at: upload.storedAt,
    columns,
    digest: hash('sha256', columns, 'hex'),
    column_bytes: Buffer.byteLength(columns),
    most_column_bytes: MOST_COLUMN_BYTES,
    shown_bytes: shownColumnBytes(upload.columns),
    extents: upload.extents,
    notes: upload.notes.map(({ position, misfit }) => ({
      position,
      line: misfit?.line ?? null,
      value: misfit ? JSON.stringify(misfit.value) : null,
    })),
  })
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
