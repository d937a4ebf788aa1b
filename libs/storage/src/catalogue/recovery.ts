import { join } from 'node:path'
import { StorageError } from '../errors.ts'
import { fileSize, listDirectory, removeFile } from '../files.ts'
import { listUploads } from './database.ts'
import {
  catalogueFile,
  fileName,
  filesDirectory,
  formats,
  idOfName,
  incomingDirectory,
  storedFile,
} from './names.ts'
import { restoreUnsynced } from './unsynced.ts'
import type { Upload } from './upload.ts'

/** How many damaged files a message names: enough to see what happened. */
const named = 5

/**
 * Reads the committed uploads back, by ascending id, and removes what uncommitted ones left behind.
 * Throws `damaged`, and removes nothing, if a committed file is missing or has another size.
 */
export function recoverUploads(dataDir: string): Upload[] {
  const stored = new Set(listDirectory(filesDirectory(dataDir)).filter(isOurs))
  checkCatalogue(dataDir, stored.size)
  for (const id of restoreUnsynced(dataDir)) for (const format of formats) stored.add(fileName(id, format))
  const uploads = listUploads(dataDir)
  checkFiles(dataDir, uploads, stored)

  for (const upload of uploads) for (const format of formats) stored.delete(fileName(upload.id, format))
  for (const name of stored) removeFile(join(filesDirectory(dataDir), name))
  for (const name of listDirectory(incomingDirectory(dataDir)).filter(isOurs))
    removeFile(join(incomingDirectory(dataDir), name))
  return uploads
}

/** An empty catalogue would have all files removed as uncommitted: a lost one must not be taken for a new one. */
function checkCatalogue(dataDir: string, storedFiles: number): void {
  const path = catalogueFile(dataDir)
  if (storedFiles === 0 || fileSize(path)) return
  throw new StorageError(
    'damaged',
    `${path} is missing or empty, but there are ${storedFiles} files in ${filesDirectory(dataDir)}: restore the catalogue from a backup, or move the files away to start anew`,
  )
}

function checkFiles(dataDir: string, uploads: readonly Upload[], stored: ReadonlySet<string>): void {
  const damages: string[] = []
  for (const upload of uploads)
    for (const format of formats) {
      const path = storedFile(dataDir, upload.id, format)
      const expected = format === 'csv' ? upload.csvBytes : upload.parquetBytes
      const found = stored.has(fileName(upload.id, format)) ? fileSize(path) : undefined
      if (found === expected) continue
      const state = found === undefined ? 'is missing' : `has ${found} bytes`
      damages.push(
        `upload ${upload.id} of ${upload.receivedAt}: ${path} ${state}, expected ${expected} bytes`,
      )
    }
  if (damages.length === 0) return
  const more = damages.length > named ? `\n  and ${damages.length - named} more` : ''
  throw new StorageError(
    'damaged',
    `${damages.length} of ${uploads.length * formats.length} files in ${dataDir} are not what the catalogue says:\n  ${damages
      .slice(0, named)
      .join(
        '\n  ',
      )}${more}\n\`table-cli verify --data-dir ${dataDir}\` reads all files, \`table-cli repair\` makes Parquet files from their CSVs. ` +
      `Restore a CSV from a backup, or give its upload up by deleting its row: ` +
      `sqlite3 ${catalogueFile(dataDir)} 'DELETE FROM uploads WHERE id = ...'`,
  )
}

function isOurs(name: string): boolean {
  return idOfName(name) !== undefined
}
