import { freeBytesAsync } from './asyncFiles.ts'
import { StorageError } from './errors.ts'
import { freeBytes } from './files.ts'
import { limits } from './limits.ts'

/** Whoever writes an upload looks at the disk's free space at its beginning and whenever so many more bytes are written. */
export const SPACE_CHECK_BYTES = 4 * 1024 * 1024

/** Throws StorageError `disk-full` if the disk of that directory has less free space than is kept back. */
export function checkFreeSpace(directory: string): void {
  check(freeBytes(directory))
}

/** The same for the main thread. */
export async function checkFreeSpaceAsync(directory: string): Promise<void> {
  check(await freeBytesAsync(directory))
}

function check(free: number): void {
  if (free >= limits.keptFreeBytes) return
  throw new StorageError(
    'disk-full',
    `the server's disk has ${free} bytes free, ${limits.keptFreeBytes} are kept back: nothing can be uploaded until there is more room`,
  )
}
