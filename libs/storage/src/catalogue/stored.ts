import { damagedFile } from '../errors.ts'
import { closeFile, type OpenFile, openFile } from '../files.ts'

/** Opens a stored file. Throws StorageError `damaged` if there is none, or it has not so many bytes. */
export function openStored(path: string, bytes: number | undefined): OpenFile {
  const file = openExisting(path)
  if (bytes === undefined || file.size === bytes) return file
  closeFile(file)
  throw damagedFile(path, `has ${file.size} bytes, expected ${bytes}`)
}

function openExisting(path: string): OpenFile {
  try {
    return openFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw damagedFile(path, 'is missing', error)
  }
}
