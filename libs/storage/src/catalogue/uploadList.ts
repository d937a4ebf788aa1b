import type { Upload } from './upload.ts'

/**
 * What a sum needs to know about an upload: only numbers, so that a million uploads fit into memory. The rest
 * is in the upload's row.
 */
export interface ListedUpload {
  id: number
  /** Milliseconds since 1970, UTC. */
  receivedAt: number
  rows: number
  csvBytes: number
  parquetBytes: number
  footerBytes: number
  footerCrc: number
  rowGroups: number
  /** The number of the upload's list of columns in the catalogue. */
  schema: number
  csvCuts: readonly number[]
}

/** What a sum needs to know about the Parquet file of an upload. */
export type ParquetNumbers = Pick<ListedUpload, 'parquetBytes' | 'footerBytes' | 'footerCrc' | 'rowGroups'>

const SEGMENT = 4096
const NONE: readonly number[] = []

/** The numbers of `SEGMENT` uploads. */
class Segment {
  readonly id = new Float64Array(SEGMENT)
  readonly receivedAt = new Float64Array(SEGMENT)
  /** A record takes a byte of the CSV at least, and a CSV has less than 4 GiB. */
  readonly rows = new Uint32Array(SEGMENT)
  readonly csvBytes = new Float64Array(SEGMENT)
  readonly parquetBytes = new Float64Array(SEGMENT)
  readonly footerBytes = new Uint32Array(SEGMENT)
  readonly footerCrc = new Int32Array(SEGMENT)
  readonly rowGroups = new Uint32Array(SEGMENT)
  readonly schema = new Uint32Array(SEGMENT)
  /** The cuts of the uploads that have some, by place. */
  readonly cuts = new Map<number, readonly number[]>()
  /** The number of the removal of each upload, 0 for those in the list. Undefined until the first removal. */
  removals: Float64Array | undefined
  /** How many uploads were removed. */
  removed = 0
}

/** Some uploads, in the order in which they were published. */
export interface ListedUploads extends Iterable<ListedUpload> {
  readonly length: number
}

/** All uploads at some moment. It does not change. */
export interface UploadsSnapshot extends ListedUploads {
  /** The rows of all of them. */
  readonly rows: number
  /** Snapshots of one list with the same version have the same uploads and the same files. */
  readonly version: number
}

/**
 * A list that grows at its end, and whose uploads can be removed. It takes 56 bytes for each upload, and 8 for each cut of a large CSV.
 * A removed upload keeps its place until the others of its segment are removed too.
 */
export class UploadList {
  /** The uploads in the list. */
  length = 0
  /** The rows of these uploads. */
  rows = 0
  /** A place is undefined once all uploads of the segment are removed. Snapshots keep the array that they began with. */
  #segments: (Segment | undefined)[] = []
  /** The places that were ever taken. */
  #places = 0
  #removals = 0
  #replacements = 0

  append(upload: ListedUpload): void {
    const at = this.#places % SEGMENT
    if (at === 0) this.#segments.push(new Segment())
    const segment = this.#segments.at(-1) as Segment
    segment.id[at] = upload.id
    segment.receivedAt[at] = upload.receivedAt
    segment.rows[at] = upload.rows
    segment.csvBytes[at] = upload.csvBytes
    segment.parquetBytes[at] = upload.parquetBytes
    segment.footerBytes[at] = upload.footerBytes
    segment.footerCrc[at] = upload.footerCrc
    segment.rowGroups[at] = upload.rowGroups
    segment.schema[at] = upload.schema
    if (upload.csvCuts.length > 0) segment.cuts.set(at, upload.csvCuts)
    this.#places++
    this.length++
    this.rows += upload.rows
  }

  /** Removes an upload for every later snapshot. Returns false if the list does not have it. */
  remove(id: number): boolean {
    for (const [i, segment] of this.#segments.entries()) {
      const at = segment ? segment.id.indexOf(id) : -1
      if (!segment || at < 0) continue
      segment.removals ??= new Float64Array(SEGMENT)
      if (segment.removals[at] > 0) return false
      segment.removals[at] = ++this.#removals
      this.length--
      this.rows -= segment.rows[at] as number
      // Earlier snapshots still need the segment, so leave the array to them.
      if (++segment.removed === SEGMENT) this.#segments = this.#segments.with(i, undefined)
      return true
    }
    return false
  }

  /** Gives an upload another Parquet file, also in earlier snapshots. */
  replaceParquet(id: number, { parquetBytes, footerBytes, footerCrc, rowGroups }: ParquetNumbers): void {
    for (const segment of this.#segments) {
      const at = segment ? segment.id.indexOf(id) : -1
      if (!segment || at < 0) continue
      this.#replacements++
      segment.parquetBytes[at] = parquetBytes
      segment.footerBytes[at] = footerBytes
      segment.footerCrc[at] = footerCrc
      segment.rowGroups[at] = rowGroups
      return
    }
  }

  /** Returns the current list without copying: later uploads are appended after it, and later removals have higher numbers. */
  snapshot(): UploadsSnapshot {
    const { length, rows } = this
    const segments = this.#segments
    const places = this.#places
    const removals = this.#removals
    return {
      length,
      rows,
      version: places + removals + this.#replacements,
      *[Symbol.iterator]() {
        // Reuse one object: with many uploads, creating objects would take most of the time.
        const upload: ListedUpload = { ...nothing }
        for (let first = 0; first < places; first += SEGMENT) {
          const segment = segments[first / SEGMENT]
          if (!segment) continue
          const end = Math.min(SEGMENT, places - first)
          for (let at = 0; at < end; at++) {
            const removal = segment.removals?.[at] ?? 0
            if (removal > 0 && removal <= removals) continue
            upload.id = segment.id[at]
            upload.receivedAt = segment.receivedAt[at]
            upload.rows = segment.rows[at]
            upload.csvBytes = segment.csvBytes[at]
            upload.parquetBytes = segment.parquetBytes[at]
            upload.footerBytes = segment.footerBytes[at]
            upload.footerCrc = segment.footerCrc[at]
            upload.rowGroups = segment.rowGroups[at]
            upload.schema = segment.schema[at]
            upload.csvCuts = segment.cuts.get(at) ?? NONE
            yield upload
          }
        }
      },
    }
  }
}

const nothing: ListedUpload = {
  id: 0,
  receivedAt: 0,
  rows: 0,
  csvBytes: 0,
  parquetBytes: 0,
  footerBytes: 0,
  footerCrc: 0,
  rowGroups: 0,
  schema: 0,
  csvCuts: NONE,
}

export function listedUpload({ name, columns, receivedAt, ...numbers }: Upload): ListedUpload {
  return { ...numbers, receivedAt: Date.parse(receivedAt) }
}
