import { type Format, formats } from '../catalogue/names.ts'
import type { Upload } from '../catalogue/upload.ts'
import { StorageError } from '../errors.ts'

/** Some of the files of a sum, or parts of them, for one worker. Plain data: it crosses threads. */
export interface SumPart {
  format: Format
  files: SumFile[]
}

/** A file or a part of it: from one to the other position in a CSV, from one to the other row group of a Parquet file. */
export interface SumFile {
  id: number
  columnIndex: number
  columns: number
  from: number
  to: number
  footerBytes: number
}

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
  const pieces: Piece[] = []
  for (const upload of uploads) {
    const { id, receivedAt, columns, footerBytes } = upload
    const columnIndex = columns.findIndex(({ name }) => name === column)
    if (columnIndex < 0) continue
    const type = columns[columnIndex]?.type
    if (type !== 'int64') {
      const where = `column "${column}" of upload ${id} (received ${receivedAt})`
      throw new StorageError('invalid', `${where}: found ${type}, expected integers`)
    }
    const file = { id, columnIndex, columns: columns.length, footerBytes }
    pieces.push(...(format === 'csv' ? csvPieces(upload, file) : parquetPieces(upload, file)))
  }
  return joinPieces(pieces, format, parts)
}

/** A file or what of it is not worth splitting. */
interface Piece {
  file: Omit<SumFile, 'from' | 'to'>
  from: number
  to: number
  bytes: number
}

function csvPieces({ csvCuts, csvBytes }: Upload, file: Piece['file']): Piece[] {
  return [0, ...csvCuts].map((from, i) => {
    const to = csvCuts[i] ?? csvBytes
    return { file, from, to, bytes: to - from + FILE_BYTES }
  })
}

function parquetPieces({ rowGroups, parquetBytes, columns }: Upload, file: Piece['file']): Piece[] {
  const count = Math.max(1, rowGroups)
  const bytes = (parquetBytes / columns.length + FILE_BYTES) / count
  return Array.from({ length: count }, (_, from) => ({ file, from, to: from + 1, bytes }))
}

function joinPieces(pieces: readonly Piece[], format: Format, parts: number): SumPart[] {
  const total = pieces.reduce((sum, { bytes }) => sum + bytes, 0)
  const bytesAPart = Math.max(total / parts, MIN_PART_BYTES)
  const plan: SumPart[] = []
  let before = 0
  let current = -1
  for (const { file, from, to, bytes } of pieces) {
    const part = Math.floor(before / bytesAPart)
    if (part > current) plan.push({ format, files: [] })
    const files = plan.at(-1)?.files as SumFile[]
    const last = files.at(-1)
    if (last?.id === file.id) last.to = to
    else files.push({ ...file, from, to })
    current = part
    before += bytes
  }
  return plan
}

function isFormat(format: string): format is Format {
  return (formats as readonly string[]).includes(format)
}
