import { type FileHandle, realpath } from 'node:fs/promises'
import type { OpenFile } from '@table/storage'
import { packingOf, unpacked } from '../dialect/unpack.ts'
import { openFileSource, openRegular } from '../fileSource.ts'
import type { Input } from '../inputs.ts'
import { standardInput, temporaryFile } from '../temporaryFile.ts'

/** Opens a file or standard input: as a temporary file, if gzip or zstd have packed it. Throws CliError if that is not possible. */
export async function openCsv({ path }: Input): Promise<FileHandle> {
  const file = path === undefined ? await temporaryFile(standardInput()) : await openRegular(path)
  const start = Buffer.alloc(4)
  await file.read(start, 0, start.length, 0)
  const packing = packingOf(start)
  if (!packing) return file
  return openFileSource(file, source => temporaryFile(unpacked(source, packing))).finally(() => file.close())
}

/** The same in the terms of the storage library, which calls the file by its label. */
export async function storageFile(file: FileHandle, { label }: Input): Promise<OpenFile> {
  const { size } = await file.stat()
  return { fd: file.fd, path: label, size }
}

export async function isSameFile({ path }: Input, other: string): Promise<boolean> {
  if (path === undefined) return false
  const [real, otherReal] = await Promise.all([path, other].map(one => realpath(one).catch(() => undefined)))
  return real !== undefined && real === otherReal
}
