// The generation grows with each start and each stop, both in the catalogue and in a file beside it. A
// catalogue with a lower generation than the file is an older one that somebody has put back.
import { StorageError } from '../errors.ts'
import { readSmallFile, replaceFile } from '../files.ts'
import { catalogueFile, generationFile } from '../paths.ts'
import { change, read } from './connection.ts'

/**
 * Returns the generation in the directory's file, or undefined if there is no file, as in directories of
 * earlier versions.
 */
export function generationOfDirectory(dataDir: string): number | undefined {
  const text = readSmallFile(generationFile(dataDir))
  return text === undefined ? undefined : Number.parseInt(text, 10) || 0
}

function generationOfCatalogue(dataDir: string): number {
  return read(dataDir, ({ prepared }) =>
    Number(prepared('SELECT generation FROM state').get()?.generation ?? 0),
  )
}

/** Throws StorageError `damaged` if the catalogue is older than the directory. */
export function checkGeneration(dataDir: string): void {
  const found = generationOfCatalogue(dataDir)
  const expected = generationOfDirectory(dataDir) ?? 0
  if (found >= expected) return
  throw new StorageError(
    'damaged',
    `${catalogueFile(dataDir)} is older than the uploads beside it (generation ${found}, expected ${expected}): put the right one back, with its -wal file if it has one, ` +
      `or run \`table-cli adopt --data-dir ${dataDir}\`, which accepts this catalogue and rebuilds the missing rows from the files`,
  )
}

/**
 * Increments the generation, first in the catalogue: if a crash comes in between, the catalogue has the
 * higher number and does not look old.
 */
export function nextGeneration(dataDir: string): void {
  const next = Math.max(generationOfCatalogue(dataDir), generationOfDirectory(dataDir) ?? 0) + 1
  change(dataDir, 0, ({ prepared }) => prepared('UPDATE state SET generation = ?').run(next))
  replaceFile(generationFile(dataDir), Buffer.from(`${next}\n`))
}
