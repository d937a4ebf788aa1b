import type { ColumnPlaces } from '../catalogue/schemas.ts'
import type { ListedUpload, UploadsSnapshot } from '../catalogue/uploadList.ts'
import { StorageError, shown } from '../errors.ts'
import { type Format, formats } from '../paths.ts'

/** A sum in pieces, which workers take one after the other until none is left. Plain data over shared memory: it crosses threads. */
export interface SumPlan {
  format: Format
  /** `NUMBERS` of each piece: objects would take longer to cross than a file to sum. */
  pieces: Float64Array
  /** At [0], how many pieces were taken. */
  taken: Int32Array
  /** So many workers are worth a message. */
  workers: number
}

/** A file or a part of it: from one to the other position in a CSV, from one to the other row group of a Parquet file. */
export interface Piece {
  id: number
  columnIndex: number
  columns: number
  /** Of the whole file. */
  bytes: number
  /** Of a Parquet file, and its CRC-32 as an int32. */
  footerBytes: number
  footerCrc: number
  from: number
  to: number
}

const NUMBERS = 8

/** What opening a file costs, in bytes that could be summed instead. */
const FILE_BYTES: Record<Format, number> = { csv: 64 * 1024, parquet: 16 * 1024 }
/** The least number of bytes for a worker: less is not worth a message. */
const WORKER_BYTES = 4 * 1024 * 1024
/**
 * The approximate size of a piece of a Parquet file, small enough that no worker is left alone with much of a
 * large file.
 */
const PARQUET_BYTES = 1024 * 1024
/**
 * The least number of pieces of a plan, if there are more: with all pieces in one plan, a sum over a million
 * uploads would take 64 MB.
 */
const PLAN_PIECES = 16 * 1024

/**
 * Plans a sum over the uploads that have the column, for at most `workers` workers: plans to be followed one after the other. Throws
 * StorageError `invalid` if the format is unknown or if the column holds anything but integers.
 */
export function* planSum(
  uploads: UploadsSnapshot,
  places: ColumnPlaces,
  column: string,
  format: string,
  workers: number,
): Generator<SumPlan> {
  if (!isFormat(format)) {
    throw new StorageError('invalid', `found the format "${shown(format)}", expected "csv" or "parquet"`)
  }
  checkTypes(uploads, places, column)
  if (places.schemas.length === 0) return
  const placeOf = placesBySchema(places)
  let pieces = new PieceWriter()
  let bytes = 0
  const plan = (): SumPlan => {
    const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const wanted = Math.min(workers, Math.ceil(bytes / WORKER_BYTES))
    return { format, pieces: pieces.written, taken, workers: wanted }
  }
  for (const upload of uploads) {
    const place = placeOf(upload.schema)
    if (place < 0) continue
    const where = { columnIndex: places.positions[place], columns: places.columns[place] }
    bytes += FILE_BYTES[format]
    bytes += format === 'csv' ? addCsv(upload, where, pieces) : addParquet(upload, where, pieces)
    if (pieces.count < PLAN_PIECES) continue
    yield plan()
    pieces = new PieceWriter()
    bytes = 0
  }
  if (pieces.count > 0) yield plan()
  else releasePlan({ pieces: pieces.written })
}

function checkTypes(uploads: UploadsSnapshot, places: ColumnPlaces, column: string): void {
  if (places.otherTypes.size === 0) return
  const placeOf = placesBySchema(places)
  for (const { id, receivedAt, schema } of uploads) {
    const type = places.otherTypes.get(placeOf(schema))
    if (type === undefined) continue
    const where = `column "${shown(column)}" of upload ${id} (received ${new Date(receivedAt).toISOString()})`
    throw new StorageError('invalid', `${where}: found ${type}, expected integers`)
  }
}

/** Finds the place of a schema, -1 if the column is not in it. Uploads of one schema mostly come one after the other. */
function placesBySchema({ schemas }: ColumnPlaces): (schema: number) => number {
  let last = -1
  let lastPlace = -1
  return schema => {
    if (schema === last) return lastPlace
    last = schema
    let from = 0
    let to = schemas.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (schemas[middle] < schema) from = middle + 1
      else to = middle
    }
    lastPlace = schemas[from] === schema ? from : -1
    return lastPlace
  }
}

/** Shared buffers are freed only when every worker has collected its garbage: those of sums that are done are used again. */
const spareBuffers: SharedArrayBuffer[] = []
const MAX_SPARE = 2

function sharedNumbers(count: number): Float64Array {
  const bytes = count * Float64Array.BYTES_PER_ELEMENT
  const fitting = spareBuffers.findIndex(({ byteLength }) => byteLength >= bytes)
  if (fitting >= 0) return new Float64Array(spareBuffers.splice(fitting, 1)[0] as SharedArrayBuffer)
  return new Float64Array(new SharedArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(bytes, 1024)))))
}

/** To be called when all workers of the plan have answered. */
export function releasePlan({ pieces }: Pick<SumPlan, 'pieces'>): void {
  spareBuffers.push(pieces.buffer as SharedArrayBuffer)
  if (spareBuffers.length > MAX_SPARE) spareBuffers.shift()
}

/** The pieces that nobody else takes, in order. */
export function* takePieces({ pieces, taken }: SumPlan): Generator<Piece> {
  for (;;) {
    const at = Atomics.add(taken, 0, 1) * NUMBERS
    if (at >= pieces.length) return
    yield {
      id: pieces[at],
      columnIndex: pieces[at + 1],
      columns: pieces[at + 2],
      bytes: pieces[at + 3],
      footerBytes: pieces[at + 4],
      footerCrc: pieces[at + 5],
      from: pieces[at + 6],
      to: pieces[at + 7],
    }
  }
}

/** Writes pieces as `takePieces` reads them. */
class PieceWriter {
  count = 0
  #numbers = sharedNumbers(NUMBERS * 128)

  get written(): Float64Array {
    return this.#numbers.subarray(0, NUMBERS * this.count)
  }

  add({ id, columnIndex, columns, bytes, footerBytes, footerCrc, from, to }: Piece): void {
    const at = NUMBERS * this.count++
    if (at === this.#numbers.length) this.#grow()
    const numbers = this.#numbers
    numbers[at] = id
    numbers[at + 1] = columnIndex
    numbers[at + 2] = columns
    numbers[at + 3] = bytes
    numbers[at + 4] = footerBytes
    numbers[at + 5] = footerCrc
    numbers[at + 6] = from
    numbers[at + 7] = to
  }

  #grow(): void {
    const small = this.#numbers
    this.#numbers = sharedNumbers(4 * small.length)
    this.#numbers.set(small)
    releasePlan({ pieces: small })
  }
}

interface Where {
  columnIndex: number
  columns: number
}

/** Adds the pieces between the cuts of a CSV. Returns how many bytes must be read. */
function addCsv({ id, csvBytes, csvCuts }: ListedUpload, where: Where, pieces: PieceWriter): number {
  const file = { id, ...where, bytes: csvBytes, footerBytes: 0, footerCrc: 0 }
  let from = 0
  for (let i = 0; i <= csvCuts.length; i++) {
    const to = csvCuts[i] ?? csvBytes
    pieces.add({ ...file, from, to })
    from = to
  }
  return csvBytes
}

/** Adds the pieces of a Parquet file. Returns how many bytes must be read. */
function addParquet(upload: ListedUpload, where: Where, pieces: PieceWriter): number {
  const { id, parquetBytes, footerBytes, footerCrc, rowGroups } = upload
  const file = { id, ...where, bytes: parquetBytes, footerBytes, footerCrc }
  const bytes = parquetBytes / where.columns
  const step = Math.max(1, Math.ceil((rowGroups * PARQUET_BYTES) / bytes))
  for (let from = 0; from < rowGroups || from === 0; from += step)
    pieces.add({ ...file, from, to: Math.min(from + step, rowGroups) })
  return bytes
}

function isFormat(format: string): format is Format {
  return (formats as readonly string[]).includes(format)
}
