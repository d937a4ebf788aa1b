// An upload is deleted in two steps: its row goes first, and a row in `removed` says that its files are to follow. A start finishes the
// deletions that a crash came in between.
import { type Connection, change, read } from '../catalogue/connection.ts'
import { StorageError } from '../errors.ts'
import { removeFile, syncPath } from '../files.ts'
import { filesDirectory, formats, storedFile } from '../paths.ts'
import type { Present } from './presentFiles.ts'

/** About how many bytes are written to delete a row. */
const ROW_BYTES = 4096

/**
 * Removes uploads from a directory that no server has open. If a crash comes in between, the next start removes the files. Throws
 * StorageError `invalid`, and removes nothing, if an upload does not exist.
 */
export function removeUploads(dataDir: string, ids: readonly number[]): void {
  change(dataDir, ROW_BYTES * ids.length, connection => {
    for (const id of ids)
      if (!deleteRow(connection, id))
        throw new StorageError('invalid', `there is no upload ${id}: nothing was removed`)
    connection.database.exec('DELETE FROM schemas WHERE id NOT IN (SELECT schema FROM uploads)')
  })
  finishRemovals(dataDir)
}

/**
 * Deletes the row of an upload; `removeFiles` is to follow. Returns false if there is no such row. The upload's list of columns stays
 * until the next start, because threads remember the numbers of lists.
 */
export function removeRow(dataDir: string, id: number): boolean {
  return change(dataDir, ROW_BYTES, connection => deleteRow(connection, id))
}

function deleteRow({ prepared }: Connection, id: number): boolean {
  if (prepared('DELETE FROM uploads WHERE id = ?').run(id).changes === 0) return false
  prepared('INSERT INTO removed (id) VALUES (?)').run(id)
  return true
}

/** Removes the files of uploads whose rows were deleted, once nobody reads them. */
export function removeFiles(dataDir: string, ids: readonly number[]): void {
  for (const id of ids) for (const format of formats) removeFile(storedFile(dataDir, id, format))
  syncPath(filesDirectory(dataDir))
  change(dataDir, ROW_BYTES * ids.length, ({ prepared }) =>
    prepared('DELETE FROM removed WHERE id IN (SELECT value FROM json_each(?))').run(JSON.stringify(ids)),
  )
}

/** Takes all uploads whose rows were deleted out of `stored`, and removes their files. */
export function finishRemovals(dataDir: string, stored?: Present): void {
  const ids = read(dataDir, ({ prepared }) => prepared('SELECT id FROM removed').all()).map(
    ({ id }) => id as number,
  )
  if (ids.length === 0) return
  for (const id of ids) for (const format of formats) stored?.[format].delete(id)
  removeFiles(dataDir, ids)
}
