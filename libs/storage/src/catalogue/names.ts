// Every name on the disk is made here.
//
//   <data-dir>/lock                               held by the process that serves the directory
//   <data-dir>/catalogue.db                       one row per upload
//   <data-dir>/incoming/<id>.csv, <id>.parquet    not committed
//   <data-dir>/files/<id>.csv, <id>.parquet       committed, if the catalogue has the row
import { join } from 'node:path'

export type Format = 'csv' | 'parquet'

export const formats: readonly Format[] = ['csv', 'parquet']

export function lockFile(dataDir: string): string {
  return join(dataDir, 'lock')
}

export function catalogueFile(dataDir: string): string {
  return join(dataDir, 'catalogue.db')
}

export function incomingDirectory(dataDir: string): string {
  return join(dataDir, 'incoming')
}

export function filesDirectory(dataDir: string): string {
  return join(dataDir, 'files')
}

export function incomingFile(dataDir: string, id: number, format: Format): string {
  return join(incomingDirectory(dataDir), fileName(id, format))
}

export function storedFile(dataDir: string, id: number, format: Format): string {
  return join(filesDirectory(dataDir), fileName(id, format))
}

/** The name of an upload's file inside its directory: `00000012.csv` for upload 12. */
export function fileName(id: number, format: Format): string {
  return `${String(id).padStart(8, '0')}.${format}`
}

/** The upload that a name inside `incoming/` or `files/` belongs to; undefined for a name that is not ours. */
export function idOfName(name: string): number | undefined {
  const [, digits, format] = /^(\d{8,15})\.(csv|parquet)$/.exec(name) ?? []
  const id = Number(digits)
  return id > 0 && fileName(id, format as Format) === name ? id : undefined
}
