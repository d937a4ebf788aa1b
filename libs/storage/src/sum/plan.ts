import { type Format, formats } from '../catalogue/names.ts'
import type { Upload } from '../catalogue/upload.ts'
import { StorageError } from '../errors.ts'

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
/** A worker gets at least so many bytes: less is not worth a message. */
const WORKER_BYTES = 4 * 1024 * 1024
/** A piece of a Parquet file has about so many bytes, so that nobody is left alone with much of a large one. */
const PARQUET_BYTES = 1024 * 1024

/**
 * Plans a sum over the uploads that have the column, for at most `workers` workers. Throws StorageError `invalid` if the format
 * is unknown or if the column holds anything but integers.
 */
export function planSum(
  uploads: readonly Upload[],
  column: string,
  format: string,
  workers: number,
): SumPlan {
  if (!isFormat(format)) {
    throw new StorageError('invalid', `found the format "${format}", expected "csv" or "parquet"`)
  }
  checkTypes(uploads, column)
  const pieces = new PieceWriter(mostPieces(uploads, format))
  let bytes = 0
  let columns: Upload['columns'] | undefined
  let columnIndex = -1
  for (const upload of uploads) {
    if (upload.columns !== columns) {
      columns = upload.columns
      columnIndex = columns.findIndex(({ name }) => name === column)
    }
    if (columnIndex < 0) continue
    bytes += FILE_BYTES[format]
    bytes += format === 'csv' ? addCsv(upload, columnIndex, pieces) : addParquet(upload, columnIndex, pieces)
  }
  const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  return {
    format,
    pieces: pieces.written,
    taken,
    workers: Math.min(workers, Math.ceil(bytes / WORKER_BYTES)),
  }
}

function checkTypes(uploads: readonly Upload[], column: string): void {
  let columns: Upload['columns'] | undefined
  for (const upload of uploads) {
    if (upload.columns === columns) continue
    columns = upload.columns
    const type = columns.find(({ name }) => name === column)?.type
    if (type === undefined || type === 'int64') continue
    const where = `column "${column}" of upload ${upload.id} (received ${upload.receivedAt})`
    throw new StorageError('invalid', `${where}: found ${type}, expected integers`)
  }
}

/** At least as many as a plan has, whatever the column. */
function mostPieces(uploads: readonly Upload[], format: Format): number {
  let most = 0
  for (const { csvCuts, rowGroups } of uploads)
    most += format === 'csv' ? csvCuts.length + 1 : Math.max(rowGroups, 1)
  return most
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
export function releasePlan({ pieces }: SumPlan): void {
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
  readonly #numbers: Float64Array
  #end = 0

  constructor(most: number) {
    this.#numbers = sharedNumbers(NUMBERS * most)
  }

  get written(): Float64Array {
    return this.#numbers.subarray(0, this.#end)
  }

  add({ id, columnIndex, columns, bytes, footerBytes, footerCrc, from, to }: Piece): void {
    const numbers = this.#numbers
    const at = this.#end
    numbers[at] = id
    numbers[at + 1] = columnIndex
    numbers[at + 2] = columns
    numbers[at + 3] = bytes
    numbers[at + 4] = footerBytes
    numbers[at + 5] = footerCrc
    numbers[at + 6] = from
    numbers[at + 7] = to
    this.#end = at + NUMBERS
  }
}

/** Adds the pieces between the cuts of a CSV. Returns how many bytes are to be read. */
function addCsv(
  { id, columns, csvBytes, csvCuts }: Upload,
  columnIndex: number,
  pieces: PieceWriter,
): number {
  const file = { id, columnIndex, columns: columns.length, bytes: csvBytes, footerBytes: 0, footerCrc: 0 }
  let from = 0
  for (let i = 0; i <= csvCuts.length; i++) {
    const to = csvCuts[i] ?? csvBytes
    pieces.add({ ...file, from, to })
    from = to
  }
  return csvBytes
}

/** The same of a Parquet file. */
function addParquet(upload: Upload, columnIndex: number, pieces: PieceWriter): number {
  const { id, columns, parquetBytes, footerBytes, footerCrc, rowGroups } = upload
  const file = { id, columnIndex, columns: columns.length, bytes: parquetBytes, footerBytes, footerCrc }
  const bytes = parquetBytes / columns.length
  const step = Math.max(1, Math.ceil((rowGroups * PARQUET_BYTES) / bytes))
  for (let from = 0; from < rowGroups || from === 0; from += step)
    pieces.add({ ...file, from, to: Math.min(from + step, rowGroups) })
  return bytes
}

function isFormat(format: string): format is Format {
  return (formats as readonly string[]).includes(format)
}
