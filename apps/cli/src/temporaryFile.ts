import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CliError } from './errors.ts'

/**
 * Keeps bytes in a temporary file, so that they can be read more than once. The file has no name from the moment that it is open, so nothing
 * is left of it when it is closed, or whatever else happens. Throws CliError if the bytes cannot be kept, and the errors of `chunks`.
 */
export async function temporaryFile(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<FileHandle> {
  const file = await openNameless()
  try {
    for await (const chunk of chunks)
      await file.writeFile(chunk).catch(error => {
        throw notKept(error)
      })
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Yields standard input. Throws CliError if it cannot be read. */
export async function* standardInput(): AsyncGenerator<Buffer> {
  try {
    yield* process.stdin
  } catch (error) {
    throw new CliError(`cannot be read (${(error as NodeJS.ErrnoException).code}): check where it comes from`)
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

function notKept(error: unknown): CliError {
  const { code } = error as NodeJS.ErrnoException
  return new CliError(
    `cannot be kept in ${tmpdir()} (${code}): make room there, or name another directory in TMPDIR`,
    { cause: error },
  )
}
