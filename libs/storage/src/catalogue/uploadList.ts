import type { Upload } from './upload.ts'

/** What a sum needs of an upload: numbers alone, so that a million uploads fit into memory. The rest is in its row. */
export interface ListedUpload {
  id: number
  /** Milliseconds since 1970, UTC. */
  receivedAt: number
  csvBytes: number
  parquetBytes: number
  footerBytes: number
  footerCrc: number
  rowGroups: number
  /** The number of its list of columns, in the catalogue. */
  schema: number
  csvCuts: readonly number[]
}

const BLOCK = 4096
const NONE: readonly number[] = []

/** The numbers of `BLOCK` uploads. */
class Block {
  readonly id = new Float64Array(BLOCK)
  readonly receivedAt = new Float64Array(BLOCK)
  readonly csvBytes = new Float64Array(BLOCK)
  readonly parquetBytes = new Float64Array(BLOCK)
  readonly footerBytes = new Uint32Array(BLOCK)
  readonly footerCrc = new Int32Array(BLOCK)
  readonly rowGroups = new Uint32Array(BLOCK)
  readonly schema = new Uint32Array(BLOCK)
}

/** Some uploads, in the order in which they were published. It does not change. */
export interface UploadsSnapshot extends Iterable<ListedUpload> {
  readonly length: number
}

/** A list that only grows: 52 bytes an upload, and 8 for each cut of a large CSV. */
export class UploadList {
  length = 0
  readonly #blocks: Block[] = []
  /** Of those uploads that have some, by place in the list. */
  readonly #cuts = new Map<number, readonly number[]>()

  append(upload: ListedUpload): void {
    const at = this.length % BLOCK
    if (at === 0) this.#blocks.push(new Block())
    const block = this.#blocks.at(-1) as Block
    block.id[at] = upload.id
    block.receivedAt[at] = upload.receivedAt
    block.csvBytes[at] = upload.csvBytes
    block.parquetBytes[at] = upload.parquetBytes
    block.footerBytes[at] = upload.footerBytes
    block.footerCrc[at] = upload.footerCrc
    block.rowGroups[at] = upload.rowGroups
    block.schema[at] = upload.schema
    if (upload.csvCuts.length > 0) this.#cuts.set(this.length, upload.csvCuts)
    this.length++
  }

  /** What is in the list now. Nothing is copied: what is appended later stands behind it. */
  snapshot(): UploadsSnapshot {
    const { length } = this
    const blocks = this.#blocks
    const cuts = this.#cuts
    return {
      length,
      *[Symbol.iterator]() {
        // One object for all: with many uploads, new ones would be most of the time.
        const upload: ListedUpload = { ...nothing }
        for (let i = 0; i < length; i++) {
          const block = blocks[Math.floor(i / BLOCK)] as Block
          const at = i % BLOCK
          upload.id = block.id[at]
          upload.receivedAt = block.receivedAt[at]
          upload.csvBytes = block.csvBytes[at]
          upload.parquetBytes = block.parquetBytes[at]
          upload.footerBytes = block.footerBytes[at]
          upload.footerCrc = block.footerCrc[at]
          upload.rowGroups = block.rowGroups[at]
          upload.schema = block.schema[at]
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

export function listedUpload({ rows, columns, receivedAt, ...numbers }: Upload): ListedUpload {
  return { ...numbers, receivedAt: Date.parse(receivedAt) }
}
