import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'table-e2e-'))
}

/** Makes a directory that is removed when the running test ends. */
export function testDirectory(): string {
  const directory = temporaryDirectory()
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Makes a file of the running test. Returns its path. */
export function testFile(content: string | Uint8Array, name = 'file.csv'): string {
  const path = join(testDirectory(), name)
  writeFileSync(path, content)
  return path
}
