import { type Format, formats } from '../catalogue/names.ts'
import type { Upload } from '../catalogue/upload.ts'
import { StorageError } from '../errors.ts'

/** Some of the files of a sum, for one worker. Plain data: it crosses threads. */
export interface SumPart {
  format: Format
  files: { id: number; columnIndex: number; columns: number }[]
}

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
  const files: (SumPart['files'][number] & { bytes: number })[] = []
  for (const { id, receivedAt, columns, csvBytes, parquetBytes } of uploads) {
    const columnIndex = columns.findIndex(({ name }) => name === column)
    if (columnIndex < 0) continue
    const type = columns[columnIndex]?.type
    if (type !== 'int64') {
      const where = `column "${column}" of upload ${id} (received ${receivedAt})`
      throw new StorageError('invalid', `${where}: found ${type}, expected integers`)
    }
    files.push({
      id,
      columnIndex,
      columns: columns.length,
      bytes: format === 'csv' ? csvBytes : parquetBytes,
    })
  }
  const bytesAPart = files.reduce((sum, { bytes }) => sum + bytes, 0) / parts
  const plan: SumPart[] = []
  let before = 0
  let current = -1
  for (const { bytes, ...file } of files) {
    const part = Math.floor(before / bytesAPart)
    if (part > current) plan.push({ format, files: [] })
    plan.at(-1)?.files.push(file)
    current = part
    before += bytes
  }
  return plan
}

function isFormat(format: string): format is Format {
  return (formats as readonly string[]).includes(format)
}
