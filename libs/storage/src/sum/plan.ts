import { type Format, formats } from '../catalogue/names.ts'
import type { Upload } from '../catalogue/upload.ts'
import { StorageError } from '../errors.ts'

/** Some of the files of a sum, or parts of them, for one worker. Plain data: it crosses threads. */
export type SumPart = { format: 'csv'; files: CsvFile[] } | { format: 'parquet'; files: ParquetFile[] }

/** A file or a part of it: from one to the other position in a CSV, from one to the other row group of a Parquet file. */
interface StoredFile {
  id: number
  columnIndex: number
  columns: number
  /** Of the whole file. */
  bytes: number
  from: number
  to: number
}

/** Its pieces are as `Pieces` says. */
export interface CsvFile extends StoredFile {
  cuts: number[]
  checks: number[]
}

export interface ParquetFile extends StoredFile {
  footerBytes: number
  footerCrc: number
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
  const found = uploads.flatMap(upload => {
    const { id, receivedAt, columns } = upload
    const columnIndex = columns.findIndex(({ name }) => name === column)
    if (columnIndex < 0) return []
    const type = columns[columnIndex]?.type
    if (type !== 'int64') {
      const where = `column "${column}" of upload ${id} (received ${receivedAt})`
      throw new StorageError('invalid', `${where}: found ${type}, expected integers`)
    }
    return { upload, columnIndex }
  })
  if (format === 'csv')
    return joinPieces(found.flatMap(csvPieces), parts, joinCsv).map(files => ({ format, files }))
  return joinPieces(found.flatMap(parquetPieces), parts, joinParquet).map(files => ({ format, files }))
}

interface Found {
  upload: Upload
  columnIndex: number
}

/** A file or what of it is not worth splitting, and how many bytes it counts for. */
interface Piece<File> {
  file: File
  weight: number
}

function csvPieces({ upload, columnIndex }: Found): Piece<CsvFile>[] {
  const { id, csvCuts, csvBytes: bytes, firstCheck, cutChecks } = upload
  const columns = upload.columns.length
  return [0, ...csvCuts].map((from, i) => {
    const to = csvCuts[i] ?? bytes
    const checks = [i === 0 ? firstCheck : (cutChecks[i - 1] as number)]
    return {
      file: { id, columnIndex, columns, bytes, from, to, cuts: [], checks },
      weight: to - from + FILE_BYTES,
    }
  })
}

function joinCsv(file: CsvFile, next: CsvFile): void {
  file.to = next.to
  file.cuts.push(next.from)
  file.checks.push(...next.checks)
}

function parquetPieces({ upload, columnIndex }: Found): Piece<ParquetFile>[] {
  const { id, rowGroups, parquetBytes: bytes, footerBytes, footerCrc } = upload
  const columns = upload.columns.length
  const count = Math.max(1, rowGroups)
  const weight = (bytes / columns + FILE_BYTES) / count
  return Array.from({ length: count }, (_, from) => ({
    file: { id, columnIndex, columns, bytes, from, to: from + 1, footerBytes, footerCrc },
    weight,
  }))
}

function joinParquet(file: ParquetFile, next: ParquetFile): void {
  file.to = next.to
}

/** `join` appends the next piece of a file to those before it. */
function joinPieces<File extends StoredFile>(
  pieces: readonly Piece<File>[],
  parts: number,
  join: (file: File, next: File) => void,
): File[][] {
  const total = pieces.reduce((sum, { weight }) => sum + weight, 0)
  const weightAPart = Math.max(total / parts, MIN_PART_BYTES)
  const plan: File[][] = []
  let before = 0
  let current = -1
  for (const { file, weight } of pieces) {
    const part = Math.floor(before / weightAPart)
    if (part > current) plan.push([])
    const files = plan.at(-1) as File[]
    const last = files.at(-1)
    if (last?.id === file.id) join(last, file)
    else files.push(file)
    current = part
    before += weight
  }
  return plan
}

function isFormat(format: string): format is Format {
  return (formats as readonly string[]).includes(format)
}
