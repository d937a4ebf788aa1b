// Every name on the disk is made here. docs/on-disk.md says what each file holds.
import { join } from 'node:path'

export type Format = 'csv' | 'parquet'

export const formats: readonly Format[] = ['csv', 'parquet']

export function lockFile(dataDir: string): string {
  return join(dataDir, 'lock')
}

export function catalogueFile(dataDir: string): string {
  return join(dataDir, 'catalogue.db')
}

/** SQLite's write-ahead log of the catalogue. */
export function catalogueLog(dataDir: string): string {
  return `${catalogueFile(dataDir)}-wal`
}

/** Where a migration keeps the previous catalogue. `schema` is the number of the previous schema. */
export function oldCatalogueFile(dataDir: string, schema: number): string {
  return join(dataDir, `catalogue-schema-${schema}.db`)
}

export function generationFile(dataDir: string): string {
  return join(dataDir, 'generation')
}

/** Says which copy in a cluster belongs to the directory. */
export function migrationFile(dataDir: string): string {
  return join(dataDir, 'migration')
}

/** Holds files whose rows are missing. */
export function lostDirectory(dataDir: string): string {
  return join(dataDir, 'lost')
}

export function lostFile(dataDir: string, id: number, format: Format): string {
  return join(lostDirectory(dataDir), fileName(id, format))
}

/** Marks the directory as a backup or an incomplete copy. */
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

/** Holds a folder for each snapshot that queries read. */
export function queriesDirectory(dataDir: string): string {
  return join(dataDir, 'query')
}

export function queryDirectory(dataDir: string, folder: number): string {
  return join(queriesDirectory(dataDir), String(folder))
}

/** Returns whether a folder of this name in `query/` is one of ours. */
export function isQueryFolder(name: string): boolean {
  return /^\d+$/.test(name)
}

/** Where queries keep what does not fit into their memory. */
export function queryTemporaryDirectory(dataDir: string, folder: number): string {
  return join(queryDirectory(dataDir, folder), 'temp')
}

/** Holds the files of the uploads that have one list of columns. */
export function querySchemaDirectory(dataDir: string, folder: number, schema: number): string {
  return join(queryDirectory(dataDir, folder), 'files', String(schema))
}

/** The name tells the number of the upload and when it was received, in ms since 1970. */
export function queryUploadFile(
  dataDir: string,
  folder: number,
  schema: number,
  id: number,
  receivedAt: number,
): string {
  return join(querySchemaDirectory(dataDir, folder, schema), `${id}-${receivedAt}.parquet`)
}

/** The list of these uploads. */
export function queryUploadsFile(dataDir: string, folder: number): string {
  return join(queryDirectory(dataDir, folder), 'files', 'uploads.csv')
}

/** Where the footer of the Parquet file at `path` is gathered. */
export function footerFile(path: string): string {
  return `${path}.footer`
}

/** Returns the name of an upload's file inside its directory, such as `00000012.csv` for upload 12. */
export function fileName(id: number, format: Format): string {
  return `${String(id).padStart(8, '0')}.${format}`
}

/**
 * Returns the upload and format that a file name in `incoming/`, `files/` or `lost/` stands for, or undefined
 * if the name is not ours.
 */
export function parseFileName(name: string): { id: number; format: Format } | undefined {
  if (!FILE_NAME.test(name)) return undefined
  const dot = name.indexOf('.')
  const id = Number(name.slice(0, dot))
  return id > 0 ? { id, format: name.slice(dot + 1) as Format } : undefined
}

/** A start reads a name for every stored file, so this expression takes no name apart and admits only what `fileName` makes. */
const FILE_NAME = /^(?:\d{8}|[1-9]\d{8,14})\.(?:csv|parquet)$/

/** Returns whether an uncommitted upload may have left a file of this name in `incoming/`. */
export function isUncommitted(name: string): boolean {
  return parseFileName(name.replace(/\.footer$/, '')) !== undefined
}
