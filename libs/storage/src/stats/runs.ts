import type { UploadsSnapshot } from '../catalogue/uploadList.ts'
import { PieceWriter, releasePlan } from '../sum/sharedPieces.ts'
import type { FootersTask, UploadsExtent } from './footers.ts'
import { mergeExtents } from './partial.ts'

/** The ids of a run: 0 to 1023, 1024 to 2047 and so on. */
const RUN = 1024
/** The most extents of columns that are kept, of some 300 bytes each. */
const MAX_KEPT = 50_000

/** What the footers of the uploads of a run say. It does not change. */
interface Run {
  uploads: RunUploads
  /** See `FootersTask`. */
  names: readonly string[] | undefined
  extent: UploadsExtent
}

type ReadFooters = (task: FootersTask) => Promise<UploadsExtent>

/**
 * Knows how far the columns of all uploads reach, and reads each footer once: what the footers say is kept for each run of ids. An
 * upload adds to its run; after a removal the run is read again.
 */
export class UploadRuns {
  readonly #runs = new Map<number, Run>()
  #kept = 0
  #last: Promise<unknown> = Promise.resolve()

  /**
   * Returns the extent of uploads. `names`: the columns that are wanted; undefined if that is all of them. `workers` footers are
   * read at a time with `read`. Questions are answered one after the other, so that the second one finds what the first one read.
   */
  extentOf(
    uploads: UploadsSnapshot,
    names: readonly string[] | undefined,
    workers: number,
    read: ReadFooters,
  ): Promise<UploadsExtent> {
    const answer = this.#last.then(() => this.#extentOf(uploads, names, workers, read))
    this.#last = answer.catch(() => {})
    return answer
  }

  async #extentOf(
    uploads: UploadsSnapshot,
    names: readonly string[] | undefined,
    workers: number,
    read: ReadFooters,
  ): Promise<UploadsExtent> {
    const wanted = runsOf(uploads)
    this.#forget(wanted, names)
    let total: UploadsExtent = { rows: 0, columns: new Map() }
    for (const { extent } of this.#runs.values()) total = mergeUploads(total, extent)
    const tasks = this.#unread(uploads, wanted)
    // All workers take from one iterator, so that only their tasks are in memory.
    const work = async () => {
      for (const { run, files } of tasks) {
        const found = await read({ files, names })
        releasePlan(files)
        total = mergeUploads(total, found)
        const known = this.#runs.get(run)
        const extent = known ? mergeUploads(known.extent, found) : found
        this.#keep(run, { uploads: wanted.get(run) as RunUploads, names, extent })
      }
    }
    await Promise.all(Array.from({ length: workers }, work))
    return total
  }

  /** Forgets the runs that say something about other uploads or not about all of the wanted columns. */
  #forget(wanted: ReadonlyMap<number, RunUploads>, names: readonly string[] | undefined): void {
    for (const [number, { uploads, names: known }] of this.#runs) {
      const now = wanted.get(number)
      const hasNames = known === undefined || (names !== undefined && isSame(known, names))
      if (!hasNames || !now || !uploads.isIn(now)) this.#drop(number)
    }
  }

  /** Yields the uploads that are in no known run: those of a run together. */
  *#unread(uploads: UploadsSnapshot, wanted: ReadonlyMap<number, RunUploads>) {
    const known = new Map([...this.#runs].map(([run, { uploads }]) => [run, uploads]))
    if ([...wanted].every(([run, { size }]) => known.get(run)?.size === size)) return
    const open = new Map<number, { writer: PieceWriter; left: number }>()
    for (const { id, schema, parquetBytes: bytes, footerBytes, footerCrc, rowGroups } of uploads) {
      const run = Math.floor(id / RUN)
      const before = known.get(run)
      if (before?.has(id)) continue
      const left = (wanted.get(run)?.size ?? 0) - (before?.size ?? 0)
      const files = open.get(run) ?? { writer: new PieceWriter(), left }
      open.set(run, files)
      const file = { id, columnIndex: schema, columns: 0, bytes, footerBytes, footerCrc }
      files.writer.add({ ...file, from: 0, to: rowGroups })
      if (--files.left > 0) continue
      open.delete(run)
      const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
      yield { run, files: { pieces: files.writer.written, taken } }
    }
  }

  #keep(number: number, run: Run): void {
    this.#drop(number)
    if (this.#kept + sizeOf(run) > MAX_KEPT) return
    this.#runs.set(number, run)
    this.#kept += sizeOf(run)
  }

  #drop(number: number): void {
    const run = this.#runs.get(number)
    if (!run) return
    this.#runs.delete(number)
    this.#kept -= sizeOf(run)
  }
}

/** A run takes some memory even without columns that are wanted. */
function sizeOf({ extent }: Run): number {
  return 1 + extent.columns.size
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, i) => name === other[i])
}

/** Returns the extent of both. Neither of them changes. */
function mergeUploads(one: UploadsExtent, other: UploadsExtent): UploadsExtent {
  const columns = new Map(one.columns)
  for (const [name, extent] of other.columns) {
    const known = columns.get(name)
    columns.set(name, known ? mergeExtents(known, extent) : extent)
  }
  return { rows: one.rows + other.rows, columns }
}

/** The uploads of a run, a bit each. */
class RunUploads {
  size = 0
  readonly #bits = new Uint8Array(RUN / 8)

  add(id: number): void {
    this.#bits[(id % RUN) >> 3] |= 1 << (id & 7)
    this.size++
  }

  has(id: number): boolean {
    return (this.#bits[(id % RUN) >> 3] & (1 << (id & 7))) !== 0
  }

  /** Whether the other run has all uploads of this one. */
  isIn(other: RunUploads): boolean {
    return this.#bits.every((bits, i) => (bits & ~other.#bits[i]) === 0)
  }
}

function runsOf(uploads: UploadsSnapshot): Map<number, RunUploads> {
  const runs = new Map<number, RunUploads>()
  for (const { id } of uploads) {
    const number = Math.floor(id / RUN)
    const run = runs.get(number) ?? new RunUploads()
    runs.set(number, run)
    run.add(id)
  }
  return runs
}
