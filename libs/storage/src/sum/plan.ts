import { type Format, formats } from '../catalogue/names.ts'
import type { Upload } from '../catalogue/upload.ts'
import { StorageError } from '../errors.ts'

/** Some of the files of a sum, or parts of them, for one worker. Plain data: it crosses threads. */
export interface SumPart {
  format: Format
  /** `NUMBERS` of each file, for `filesOf`: objects would take longer to cross than a file to sum. */
  files: Float64Array
}

/** A file or a part of it: from one to the other position in a CSV, from one to the other row group of a Parquet file. */
export interface SumFile {
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
const FILE_BYTES = 64 * 1024
/** A part has at least so many bytes: less is not worth a message to another thread. */
const MIN_PART_BYTES = 4 * 1024 * 1024

/**
 * Splits a sum over the uploads that have the column into at most `parts` parts of about the same number of
 * bytes. Throws StorageError `invalid` if the format is unknown or if the column holds anything but integers.
 */
export function planSum(
  uploads: readonly Upload[],
  column: string,
  format: string,
  parts: number,
): SumPart[] {
  if (!isFormat(format)) {
    throw new StorageError('invalid', `found the format "${format}", expected "csv" or "parquet"`)
  }
  const piecesOf = format === 'csv' ? csvPieces : parquetPieces
  const pieces: Piece[] = []
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
    piecesOf(upload, columnIndex, pieces)
  }
  return joinPieces(pieces, format, parts)
}

/** The files of a part, in order. */
export function* filesOf({ files }: SumPart): Generator<SumFile> {
  for (let i = 0; i < files.length; i += NUMBERS) {
    const [id, columnIndex, columns, bytes, footerBytes, footerCrc, from, to] = files.subarray(i, i + NUMBERS)
    yield { id, columnIndex, columns, bytes, footerBytes, footerCrc, from, to }
  }
}

/** A file or what of it is not worth splitting. */
interface Piece {
  upload: Upload
  columnIndex: number
  from: number
  to: number
  bytes: number
}

function csvPieces(upload: Upload, columnIndex: number, pieces: Piece[]): void {
  let from = 0
  for (const to of [...upload.csvCuts, upload.csvBytes]) {
    pieces.push({ upload, columnIndex, from, to, bytes: to - from + FILE_BYTES })
    from = to
  }
}

function parquetPieces(upload: Upload, columnIndex: number, pieces: Piece[]): void {
  const { rowGroups, parquetBytes, columns } = upload
  const count = Math.max(1, rowGroups)
  const bytes = (parquetBytes / columns.length + FILE_BYTES) / count
  for (let from = 0; from < count; from++) {
    pieces.push({ upload, columnIndex, from, to: from + 1, bytes })
  }
}

function joinPieces(pieces: readonly Piece[], format: Format, parts: number): SumPart[] {
  const total = pieces.reduce((sum, { bytes }) => sum + bytes, 0)
  const bytesAPart = Math.max(total / parts, MIN_PART_BYTES)
  const plan: number[][] = []
  let before = 0
  let current = -1
  let last: Upload | undefined
  for (const { upload, columnIndex, from, to, bytes } of pieces) {
    const part = Math.floor(before / bytesAPart)
    if (part > current) {
      plan.push([])
      last = undefined
    }
    const files = plan[plan.length - 1]
    const { id, columns, csvBytes, parquetBytes, footerBytes, footerCrc } = upload
    const fileBytes = format === 'csv' ? csvBytes : parquetBytes
    if (upload === last) files[files.length - 1] = to
    else files.push(id, columnIndex, columns.length, fileBytes, footerBytes, footerCrc, from, to)
    last = upload
    current = part
    before += bytes
  }
  return plan.map(files => ({ format, files: Float64Array.from(files) }))
}

function isFormat(format: string): format is Format {
  return (formats as readonly string[]).includes(format)
}
