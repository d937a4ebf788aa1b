import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

/** Makes an empty directory that is removed after the test. */
export function temporaryDirectory(): string {
  const { path, remove } = newDirectory()
  onTestFinished(remove)
  return path
}

/**
 * Returns a function that copies a directory to a new one, which is removed after the test. The first call makes the original with
 * `fill`: a server would take more time than all else that a test of a data directory does.
 */
export function copiesOf(fill: (dataDir: string) => Promise<void>): () => Promise<string> {
  const original = newDirectory()
  afterAll(original.remove)
  let filled: Promise<void> | undefined
  return async () => {
    filled ??= fill(original.path)
    await filled
    const copy = temporaryDirectory()
    cpSync(original.path, copy, { recursive: true })
    return copy
  }
}

export function newDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'table-cli-'))
  return { path, remove: () => rmSync(path, { recursive: true }) }
}
