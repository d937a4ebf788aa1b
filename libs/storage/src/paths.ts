// Every name on the disk is made here. docs/on-disk.md says what each of them holds.
import { join } from 'node:path'

export type Format = 'csv' | 'parquet'

export const formats: readonly Format[] = ['csv', 'parquet']

export function lockFile(dataDir: string): string {
  return join(dataDir, 'lock')
}

export function catalogueFile(dataDir: string): string {
  return join(dataDir, 'catalogue.db')
}

/** The catalogue's log, SQLite's name for it. */
export function catalogueLog(dataDir: string): string {
  return `${catalogueFile(dataDir)}-wal`
}

/** Where a migration leaves the catalogue that it found, whose schema had this number. */
export function oldCatalogueFile(dataDir: string, schema: number): string {
  return join(dataDir, `catalogue-schema-${schema}.db`)
}

export function generationFile(dataDir: string): string {
  return join(dataDir, 'generation')
}

/** Files whose row is missing. */
export function lostDirectory(dataDir: string): string {
  return join(dataDir, 'lost')
}

export function lostFile(dataDir: string, id: number, format: Format): string {
  return join(lostDirectory(dataDir), fileName(id, format))
}

/** Says that the directory is a backup, or a copy that is not complete. */
export function backupMark(dataDir: string): string {
  return join(dataDir, 'backup')
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

/** Where the footer of the Parquet file at `path` is gathered. */
export function footerFile(path: string): string {
  return `${path}.footer`
}

/** The name of an upload's file inside its directory: `00000012.csv` for upload 12. */
export function fileName(id: number, format: Format): string {
  return `${String(id).padStart(8, '0')}.${format}`
}

/** The file of an upload that has this name inside `incoming/`, `files/` or `lost/`; undefined for a name that is not ours. */
export function parseFileName(name: string): { id: number; format: Format } | undefined {
  const [, digits, format] = /^(\d{8,15})\.(csv|parquet)$/.exec(name) ?? []
  const id = Number(digits)
  return id > 0 && fileName(id, format as Format) === name ? { id, format: format as Format } : undefined
}

/** Whether an upload under way may leave a file of this name in `incoming/`. */
export function isUncommitted(name: string): boolean {
  return parseFileName(name.replace(/\.footer$/, '')) !== undefined
}
