import { dirname } from 'node:path'
import { StorageError, shortageOf } from '../errors.ts'
import { listDirectory, noSpace } from '../files.ts'

// Result codes, from https://www.sqlite.org/rescode.html. The low byte of an extended code is its primary
// code.
const BUSY = 5
const IO_ERROR = 10
const CORRUPT = 11
const FULL = 13
const CANNOT_OPEN = 14
const NOT_A_DATABASE = 26

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === BUSY
}

/** Returns whether a system call of SQLite failed for another reason than a full disk. */
export function isIoError(error: unknown): boolean {
  return primaryCode(error) === IO_ERROR
}

/** Turns a failure of SQLite into the library's own error. Returns other errors unchanged. */
export function translatedSqliteError(error: unknown, path: string): unknown {
  switch (primaryCode(error)) {
    case FULL:
      return noSpace(`write ${path}`, error)
    case CORRUPT:
    case NOT_A_DATABASE:
      return new StorageError(
        'damaged',
        `${path} is not a readable catalogue (${(error as Error).message}): restore the data directory from a backup`,
        {
          cause: error,
          forClients:
            "the server's catalogue is damaged: whoever runs the server has to restore it from a backup",
        },
      )
    case CANNOT_OPEN:
      return whyNotOpened(path) ?? error
    default:
      return error
  }
}

/**
 * Finds out whether the process has too many open files, which SQLite does not say, by opening another file.
 * The catalogue itself must not be opened, because closing it would drop SQLite's locks on it.
 */
function whyNotOpened(path: string): StorageError | undefined {
  try {
    listDirectory(dirname(path))
    return undefined
  } catch (error) {
    return shortageOf(error)
  }
}

function primaryCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | undefined)?.errcode
  return typeof code === 'number' ? code & 0xff : undefined
}
