import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Makes an empty directory that is removed after the test. */
export function temporaryDirectory(): string {
  const { path, remove } = newDirectory()
  onTestFinished(remove)
  return path
}

export function newDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'table-cli-'))
  return { path, remove: () => rmSync(path, { recursive: true }) }
}
