import type { ColumnPlaces } from '../catalogue/schemas.ts'
import type { ListedUpload, ListedUploads } from '../catalogue/uploadList.ts'
import { StorageError, shown } from '../errors.ts'
import { type Format, formats } from '../paths.ts'
import { placesBySchema } from './places.ts'
import { PieceWriter, type SharedPieces } from './sharedPieces.ts'

/** A type whose columns can be summed. Of text, a column that holds integers alone. */
export type SummedType = 'text' | 'double' | 'int64'

/** Columns of text come first: if there is no sum, that is known sooner. */
const summedTypes: readonly SummedType[] = ['text', 'double', 'int64']

/** A sum in pieces that are all of one type. Plain data over shared memory: it crosses threads. */
export interface SumPlan extends SharedPieces {
  format: Format
  type: SummedType
  /** How many workers are worth a message. */
  workers: number
}

/** The cost of opening a file, in bytes that could be summed instead. */
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
export const PLAN_PIECES = 16 * 1024

/**
 * Plans a sum over the uploads that have the column, for at most `workers` workers: plans to be followed one after the other. No upload
 * may hold anything in the column that `refusalOf` finds.
 */
export function* planSum(
  uploads: ListedUploads,
  places: ColumnPlaces,
  format: Format,
  workers: number,
): Generator<SumPlan> {
  if (places.schemas.length === 0) return
  const placeOf = placesBySchema(places)
  const open = new Map<SummedType, OpenPlan>()
  for (const upload of uploads) {
    const place = placeOf(upload.schema)
    if (place < 0) continue
    const type = (places.otherTypes.get(place) ?? 'int64') as SummedType
    const where = { columnIndex: places.positions[place], columns: places.columns[place] }
    let plan = open.get(type)
    if (!plan) {
      plan = new OpenPlan(format, type)
      open.set(type, plan)
    }
    plan.add(upload, where)
    if (plan.pieces < PLAN_PIECES) continue
    open.delete(type)
    yield plan.close(workers)
  }
  for (const type of summedTypes) {
    const plan = open.get(type)
    if (plan) yield plan.close(workers)
  }
}

/** A plan that still gets pieces. */
class OpenPlan {
  readonly #format: Format
  readonly #type: SummedType
  readonly #pieces = new PieceWriter()
  #bytes = 0

  constructor(format: Format, type: SummedType) {
    this.#format = format
    this.#type = type
  }

  get pieces(): number {
    return this.#pieces.count
  }

  add(upload: ListedUpload, where: Where): void {
    this.#bytes += addPieces(upload, where, this.#format, this.#pieces)
  }

  close(workers: number): SumPlan {
    const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const wanted = workersFor(this.#bytes, workers)
    return { format: this.#format, type: this.#type, pieces: this.#pieces.written, taken, workers: wanted }
  }
}

interface Where {
  columnIndex: number
  columns: number
}

/** Adds the pieces of an upload. Returns how many bytes must be read, and what opening the file costs. */
export function addPieces(upload: ListedUpload, where: Where, format: Format, pieces: PieceWriter): number {
  const add = format === 'csv' ? addCsv : addParquet
  return FILE_BYTES[format] + add(upload, where, pieces)
}

/** Returns how many of the workers are worth a message. */
export function workersFor(bytes: number, workers: number): number {
  return Math.min(workers, Math.ceil(bytes / WORKER_BYTES))
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

/** Throws StorageError `invalid` for a format that there is not. */
export function formatOf(text: string): Format {
  const format = formats.find(known => known === text)
  if (format) return format
  throw new StorageError('invalid', `found the format "${shown(text)}", expected "csv" or "parquet"`)
}
