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
const FILE_BYTES: Record<Format, number> = { csv: 64 * 1024, parquet: 32 * 1024 }
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
  const numbers: number[] = []
  let bytes = 0
  let columns: Upload['columns'] | undefined
  let columnIndex = -1
  for (const upload of uploads) {
    if (upload.columns !== columns) {
      columns = upload.columns
      columnIndex = columns.findIndex(({ name }) => name === column)
    }
    if (columnIndex < 0) continue
    const type = columns[columnIndex]?.type
    if (type !== 'int64') {
      const where = `column "${column}" of upload ${upload.id} (received ${upload.receivedAt})`
      throw new StorageError('invalid', `${where}: found ${type}, expected integers`)
    }
    bytes += FILE_BYTES[format]
    bytes +=
      format === 'csv' ? addCsv(upload, columnIndex, numbers) : addParquet(upload, columnIndex, numbers)
  }
  const pieces = new Float64Array(
    sharedBuffer(numbers.length * Float64Array.BYTES_PER_ELEMENT),
    0,
    numbers.length,
  )
  pieces.set(numbers)
  const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  return { format, pieces, taken, workers: Math.min(workers, Math.ceil(bytes / WORKER_BYTES)) }
}

/** Shared buffers are freed only when every worker has collected its garbage: those of sums that are done are used again. */
const spareBuffers: SharedArrayBuffer[] = []
const MAX_SPARE = 2

function sharedBuffer(bytes: number): SharedArrayBuffer {
  const fitting = spareBuffers.findIndex(({ byteLength }) => byteLength >= bytes)
  if (fitting >= 0) return spareBuffers.splice(fitting, 1)[0] as SharedArrayBuffer
  return new SharedArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(bytes, 1024))))
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

/** Adds the pieces between the cuts of a CSV. Returns how many bytes are to be read. */
function addCsv({ id, columns, csvBytes, csvCuts }: Upload, columnIndex: number, numbers: number[]): number {
  let from = 0
  for (const to of [...csvCuts, csvBytes]) {
    numbers.push(id, columnIndex, columns.length, csvBytes, 0, 0, from, to)
    from = to
  }
  return csvBytes
}

/** The same of a Parquet file. */
function addParquet(upload: Upload, columnIndex: number, numbers: number[]): number {
  const { id, columns, parquetBytes, footerBytes, footerCrc, rowGroups } = upload
  const bytes = parquetBytes / columns.length
  const step = Math.max(1, Math.ceil((rowGroups * PARQUET_BYTES) / bytes))
  for (let from = 0; from < rowGroups || from === 0; from += step) {
    const to = Math.min(from + step, rowGroups)
    numbers.push(id, columnIndex, columns.length, parquetBytes, footerBytes, footerCrc, from, to)
  }
  return bytes
}

function isFormat(format: string): format is Format {
  return (formats as readonly string[]).includes(format)
}
