import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertCsv } from '@table/storage'
import type { EngineFormat, EngineGroup, EngineQuestion } from '../../../src/engine/engine.ts'

/** An upload in a bucket, as the catalogue knows it. */
export interface File {
  key: string
  rows: number
  columns: readonly { name: string; type: string }[]
  multiLine: boolean
}

/** Converts a CSV and puts both files into a bucket, as an upload does. */
export function put(folder: string, csv: string | Uint8Array): File {
  const key = randomUUID()
  const path = join(folder, `${key}.csv`)
  writeFileSync(path, csv)
  const { rows, columns } = convertCsv(path, join(folder, `${key}.parquet`))
  const multiLine = /"[^"]*\n[^"]*"/.test(csv.toString())
  return { key, rows, columns, multiLine }
}

/** The question for the sum of a column, and how many rows the answer must have. Every file that has the column has it as int64. */
export function questionOf(
  files: readonly File[],
  column: string,
  format: EngineFormat,
  bucket: string,
): { question: EngineQuestion; rows: number } {
  const groups: EngineGroup[] = []
  let rows = 0
  for (const file of files) {
    const { key, columns, multiLine } = file
    const columnIndex = columns.findIndex(({ name }) => name === column)
    if (columnIndex < 0) continue
    rows += file.rows
    groups.push({ urls: [`s3://${bucket}/${key}.${format}`], columns, columnIndex, multiLine })
  }
  return { question: { format, column, groups }, rows }
}
