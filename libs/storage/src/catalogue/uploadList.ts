import type { Upload } from './upload.ts'

/**
 * What a sum needs to know about an upload: only numbers, so that a million uploads fit into memory. The rest
 * is in the upload's row.
 */
export interface ListedUpload {
  id: number
  /** Milliseconds since 1970, UTC. */
  receivedAt: number
  csvBytes: number
  parquetBytes: number
  footerBytes: number
  footerCrc: number
  rowGroups: number
  /** The number of the upload's list of columns in the catalogue. */
  schema: number
  csvCuts: readonly number[]
}

const SEGMENT = 4096
const NONE: readonly number[] = []

/** The numbers of `SEGMENT` uploads. */
class Segment {
  readonly id = new Float64Array(SEGMENT)
  readonly receivedAt = new Float64Array(SEGMENT)
  readonly csvBytes = new Float64Array(SEGMENT)
  readonly parquetBytes = new Float64Array(SEGMENT)
  readonly footerBytes = new Uint32Array(SEGMENT)
  readonly footerCrc = new Int32Array(SEGMENT)
  readonly rowGroups = new Uint32Array(SEGMENT)
  readonly schema = new Uint32Array(SEGMENT)
}

/** Some uploads in the order in which they were published. A snapshot does not change. */
export interface UploadsSnapshot extends Iterable<ListedUpload> {
  readonly length: number
}

/** A list that only grows. It takes 52 bytes for each upload, and 8 for each cut of a large CSV. */
export class UploadList {
  length = 0
  readonly #segments: Segment[] = []
  /** The cuts of the uploads that have some, by position in the list. */
  readonly #cuts = new Map<number, readonly number[]>()

  append(upload: ListedUpload): void {
    const at = this.length % SEGMENT
    if (at === 0) this.#segments.push(new Segment())
    const segment = this.#segments.at(-1) as Segment
    segment.id[at] = upload.id
    segment.receivedAt[at] = upload.receivedAt
    segment.csvBytes[at] = upload.csvBytes
    segment.parquetBytes[at] = upload.parquetBytes
    segment.footerBytes[at] = upload.footerBytes
    segment.footerCrc[at] = upload.footerCrc
    segment.rowGroups[at] = upload.rowGroups
    segment.schema[at] = upload.schema
    if (upload.csvCuts.length > 0) this.#cuts.set(this.length, upload.csvCuts)
    this.length++
  }

  /** Returns the current list without copying: later uploads are appended after it. */
  snapshot(): UploadsSnapshot {
    const { length } = this
    const segments = this.#segments
    const cuts = this.#cuts
    return {
      length,
      *[Symbol.iterator]() {
        // Reuse one object: with many uploads, creating objects would take most of the time.
        const upload: ListedUpload = { ...nothing }
        for (let i = 0; i < length; i++) {
          const segment = segments[Math.floor(i / SEGMENT)] as Segment
          const at = i % SEGMENT
          upload.id = segment.id[at]
          upload.receivedAt = segment.receivedAt[at]
          upload.csvBytes = segment.csvBytes[at]
          upload.parquetBytes = segment.parquetBytes[at]
          upload.footerBytes = segment.footerBytes[at]
          upload.footerCrc = segment.footerCrc[at]
          upload.rowGroups = segment.rowGroups[at]
          upload.schema = segment.schema[at]
          upload.csvCuts = cuts.get(i) ?? NONE
          yield upload
        }
      },
    }
  }
}

const nothing: ListedUpload = {
  id: 0,
  receivedAt: 0,
  csvBytes: 0,
  parquetBytes: 0,
  footerBytes: 0,
  footerCrc: 0,
  rowGroups: 0,
  schema: 0,
  csvCuts: NONE,
}

export function listedUpload({ name, rows, columns, receivedAt, ...numbers }: Upload): ListedUpload {
  return { ...numbers, receivedAt: Date.parse(receivedAt) }
}
