import { readFileSync } from 'node:fs'

/** The server cannot start, for a reason that the operator can mend. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** Reads the file that `flag` names. Throws a `StartError` if the file cannot be read. */
export function readFileOfFlag(flag: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new StartError(
      `cannot read ${flag} ${path} (${(error as NodeJS.ErrnoException).code}): give a file that the server may read`,
    )
  }
}
