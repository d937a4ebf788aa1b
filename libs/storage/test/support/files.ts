import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const directory = mkdtempSync(join(tmpdir(), 'table-storage-test-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Returns a path in a folder that is removed after the tests of this file. */
export function temporaryPath(name: string): string {
  return join(directory, name)
}

/** Writes a file, replacing the previous one of that name. Returns its path. */
export function temporaryFile(content: string | Uint8Array, name = 'input.csv'): string {
  const path = temporaryPath(name)
  writeFileSync(path, content)
  return path
}
