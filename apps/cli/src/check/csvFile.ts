import { type FileHandle, realpath } from 'node:fs/promises'
import type { Dialect } from '@table/dialect'
import type { OpenFile } from '@table/storage'
import { converter } from '../dialect/source.ts'
import { packingOf } from '../dialect/unpack.ts'
import { openFileSource, openRegular } from '../fileSource.ts'
import type { Input } from '../inputs.ts'
import { standardInput, temporaryFile } from '../temporaryFile.ts'

/**
 * Opens a file or standard input: as a temporary file of what is uploaded of it, if gzip or zstd have packed it or it has a dialect. Throws
 * CliError if that is not possible.
 */
export async function openCsv({ path }: Input, dialect: Dialect | undefined): Promise<FileHandle> {
  const file = path === undefined ? await temporaryFile(standardInput()) : await openRegular(path)
  const start = Buffer.alloc(4)
  await file.read(start, 0, start.length, 0)
  const packing = packingOf(start)
  if (!packing && !dialect) return file
  const csvOf = await converter(packing, dialect)
  return openFileSource(file, source => temporaryFile(csvOf(source))).finally(() => file.close())
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
