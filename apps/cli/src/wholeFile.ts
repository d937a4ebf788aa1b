import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CliError, oneLine } from './errors.ts'
import { onInterrupt } from './interrupt.ts'

/**
 * Writes a file under a temporary name beside `path`, and gives the file its name once it is whole and on the disk. After an error,
 * what was at `path` is still there. Calls `onWritten` with the bytes so far. Throws CliError if the file cannot be written, and the
 * errors of `chunks`.
 */
export async function writeWhole(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  onWritten: (bytes: number) => void,
): Promise<void> {
  await checkPlace(path)
  const temporary = join(dirname(path), `.table-cli-${randomUUID()}`)
  const forget = onInterrupt(() => rmSync(temporary, { force: true }))
  try {
    const file = await open(temporary, 'wx')
    try {
      let written = 0
      for await (const chunk of chunks) {
        await file.writeFile(chunk)
        written += chunk.length
        onWritten(written)
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    throw new CliError(`cannot write ${oneLine(path)} (${code}): check the path and the disk`, {
      cause: error,
    })
  } finally {
    forget()
  }
}

/** A device or a directory must not be replaced by a file. */
async function checkPlace(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found && !found.isFile())
    throw new CliError(`${oneLine(path)} is not a file: name a file to write, or leave -o out and redirect`)
}
