import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliError } from '../errors.ts'
import { openFileSource } from '../fileSource.ts'
import type { OpenSource } from '../uploader.ts'

/**
 * Keeps standard input in a temporary file while `use` runs, so that it can be read more than once. The file has no name from the moment
 * that it is open, so nothing of it is left whatever happens. Throws CliError if the input cannot be read or kept.
 */
export async function withStandardInput<T>(use: (file: OpenSource, bytes: number) => Promise<T>): Promise<T> {
  const file = await openNameless()
  try {
    const bytes = await fill(file)
    return await use(read => openFileSource(file, read), bytes)
  } finally {
    await file.close()
  }
}

async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `table-cli-${randomUUID()}`)
  try {
    const file = await open(path, 'wx+', 0o600)
    await rm(path)
    return file
  } catch (error) {
    throw notKept(error)
  }
}

async function fill(file: FileHandle): Promise<number> {
  let bytes = 0
  for await (const chunk of readable()) {
    bytes += chunk.length
    await file.writeFile(chunk).catch(error => {
      throw notKept(error)
    })
  }
  return bytes
}

async function* readable(): AsyncGenerator<Buffer> {
  try {
    yield* process.stdin
  } catch (error) {
    throw new CliError(`cannot be read (${(error as NodeJS.ErrnoException).code}): check where it comes from`)
  }
}

function notKept(error: unknown): CliError {
  const { code } = error as NodeJS.ErrnoException
  return new CliError(
    `cannot be kept in ${tmpdir()} (${code}): make room there, or name another directory in TMPDIR`,
    { cause: error },
  )
}
