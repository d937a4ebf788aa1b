// The file operations of the main thread, which must not wait for a disk. files.ts has those of the worker
// threads.
import { constants } from 'node:fs'
import { type FileHandle, open, statfs, unlink } from 'node:fs/promises'
import { isThere, NEW_FILE, operationAsync } from './files.ts'

/** Creates a file as `createFile` does. */
export async function createFileAsync(path: string): Promise<FileHandle> {
  return operationAsync({ kind: 'create', path }, async () => {
    try {
      return await open(path, NEW_FILE)
    } catch (error) {
      if (!isThere(error)) throw error
      await unlink(path)
      return await open(path, NEW_FILE)
    }
  })
}

/** Opens a file for reading as `openFile` does. */
export async function openFileAsync(path: string): Promise<FileHandle> {
  return operationAsync({ kind: 'open', path }, () => open(path, constants.O_RDONLY | constants.O_NOFOLLOW))
}

/** Reads up to `target.length` bytes at `position`. Returns how many bytes were read: 0 at the end of the file. */
export async function readAtAsync(
  handle: FileHandle,
  path: string,
  target: Uint8Array,
  position: number,
): Promise<number> {
  return operationAsync({ kind: 'read', path, position, length: target.length }, async () => {
    const { bytesRead } = await handle.read(target, 0, target.length, position)
    return bytesRead
  })
}

/** Appends all of `bytes` to a file that was created as `path`. */
export async function appendAsync(handle: FileHandle, path: string, bytes: Uint8Array): Promise<void> {
  await operationAsync({ kind: 'write', path, length: bytes.length }, async () => {
    for (let done = 0; done < bytes.length; ) done += (await handle.write(bytes, done)).bytesWritten
  })
}

/** Resolves once everything that was written to the file is on the disk. */
export async function syncAsync(handle: FileHandle, path: string): Promise<void> {
  await operationAsync({ kind: 'sync', path }, () => handle.sync())
}

/** Returns how many bytes this process may still write to the disk of a directory. */
export async function freeBytesAsync(path: string): Promise<number> {
  return operationAsync({ kind: 'space', path }, async () => {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  })
}

/** Removes a file if it is there. */
export async function removeFileAsync(path: string): Promise<void> {
  // `rm` looks at the file twice before it removes it.
  const remove = () =>
    unlink(path).catch(error => {
      if (error.code !== 'ENOENT') throw error
    })
  await operationAsync({ kind: 'remove', path }, remove)
}
