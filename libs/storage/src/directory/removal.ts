import { change, read } from '../catalogue/connection.ts'
import { StorageError } from '../errors.ts'
import { removeFile, syncPath } from '../files.ts'
import { filesDirectory, formats, storedFile } from '../paths.ts'
import type { Present } from './recovery.ts'

/**
 * Removes uploads from a directory that no server has open: first the rows, then the files. If a crash comes
 * in between, the next start removes the files. Throws StorageError `invalid`, and removes nothing, if an
 * upload does not exist.
 */
export function removeUploads(dataDir: string, ids: readonly number[]): void {
  change(dataDir, 4096 * ids.length, ({ database, prepared }) => {
    for (const id of ids) {
      if (prepared('DELETE FROM uploads WHERE id = ?').run(id).changes === 0)
        throw new StorageError('invalid', `there is no upload ${id}: nothing was removed`)
      prepared('INSERT INTO removed (id) VALUES (?)').run(id)
    }
    database.exec('DELETE FROM schemas WHERE id NOT IN (SELECT schema FROM uploads)')
  })
  finishRemovals(dataDir)
}

/** Removes the files of uploads whose rows were deleted, and takes the uploads out of `stored`. */
export function finishRemovals(dataDir: string, stored?: Present): void {
  const ids = read(dataDir, ({ prepared }) => prepared('SELECT id FROM removed').all()).map(
    ({ id }) => id as number,
  )
  if (ids.length === 0) return
  for (const id of ids)
    for (const format of formats) {
      removeFile(storedFile(dataDir, id, format))
      stored?.[format].delete(id)
    }
  syncPath(filesDirectory(dataDir))
  change(dataDir, 4096 * ids.length, ({ database }) => database.exec('DELETE FROM removed'))
}
