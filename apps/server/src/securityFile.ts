import { readFileSync } from 'node:fs'
import { StartError } from './errors.ts'

/** What is in the file that `flag` names. Throws a `StartError`. */
export function readSecurityFile(flag: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new StartError(
      `cannot read ${flag} ${path} (${(error as NodeJS.ErrnoException).code}): give a file that the server may read`,
    )
  }
}
