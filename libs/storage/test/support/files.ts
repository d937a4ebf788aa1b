import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let directory: string | undefined

/** Returns a path in a folder that is removed after the tests of this file. */
export function temporaryPath(name: string): string {
  directory ??= mkdtempSync(join(tmpdir(), 'table-storage-test-'))
  return join(directory, name)
}

/** Writes a file, replacing the previous one of that name. Returns its path. */
export function temporaryFile(content: string | Uint8Array, name = 'input.csv'): string {
  const path = temporaryPath(name)
  writeFileSync(path, content)
  return path
}

/** Removes the files of a test file. `setup.ts` calls it. */
export function removeTemporaryFiles(): void {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true })
  directory = undefined
}
