import { freeBytesAsync } from './asyncFiles.ts'
import { StorageError } from './errors.ts'
import { freeBytes } from './files.ts'
import { limits } from './limits.ts'

/** Free space is checked when an upload begins to be written, and again each time this many more bytes are written. */
export const SPACE_CHECK_BYTES = 4 * 1024 * 1024

/** Throws StorageError `disk-full` if the disk of the directory has less free space than must be kept free. */
export function checkFreeSpace(directory: string): void {
  check(freeBytes(directory))
}

/** Like `checkFreeSpace`, for the main thread. */
export async function checkFreeSpaceAsync(directory: string): Promise<void> {
  check(await freeBytesAsync(directory))
}

/** Returns how many bytes may be written to the disk of the directory beyond what must be kept free. */
export async function spareBytes(directory: string): Promise<number> {
  return Math.max(0, (await freeBytesAsync(directory)) - limits.keptFreeBytes)
}

function check(free: number): void {
  if (free >= limits.keptFreeBytes) return
  throw new StorageError(
    'disk-full',
    `the server's disk has ${free} bytes free, ${limits.keptFreeBytes} are kept back: nothing can be uploaded until there is more room`,
  )
}
