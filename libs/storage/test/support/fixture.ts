import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A data directory that an earlier commit has written: `libs/storage/test/fixtures/README.md`. */
export type Fixture = `schema${2 | 3}-${'killed' | 'stopped'}`

export const fixtures: readonly Fixture[] = [
  'schema2-killed',
  'schema2-stopped',
  'schema3-killed',
  'schema3-stopped',
]

export interface UploadFacts {
  id: number
  rows: number
  /** The columns in the order of the header, each with its type: `x int64`. */
  columns: string[]
  csvBytes: number
  /** The first 16 digits. */
  csvSha256: string
  uploadId?: string
}

/** What must be found in the fixtures. */
export interface Facts {
  /** In ascending order of their ids. */
  uploads: UploadFacts[]
  /** The ids of the small uploads whose files may not be on the disk. */
  unsynced: number[]
  /** The sum of each column as decimal text, because sums have up to 64 bits. */
  sums: Record<string, string>
}

const folder = join(import.meta.dirname, '../fixtures')

/** Reads the facts, which are the same for all fixtures. */
export function readFacts(): Facts {
  return JSON.parse(readFileSync(join(folder, 'facts.json'), 'utf8'))
}

/** The unpacked fixtures of a test file. */
const unpacked = new Map<Fixture, string>()

/** Removes the fixtures that a test file has unpacked. `setup.ts` calls it. */
export function removeFixtures(): void {
  for (const directory of unpacked.values()) rmSync(directory, { recursive: true, force: true })
  unpacked.clear()
}

/**
 * Returns a data directory with a fixture, which is removed after the test. Unpacking 2,000 files takes two seconds of CPU time on
 * some file systems, so each fixture is unpacked once.
 */
export function unpackFixture(fixture: Fixture): string {
  let original = unpacked.get(fixture)
  if (original === undefined) {
    original = mkdtempSync(join(tmpdir(), 'table-fixture-'))
    unpacked.set(fixture, original)
    execFileSync('tar', ['-xzf', join(folder, `${fixture}.tar.gz`), '-C', original, '--strip-components=1'])
  }
  return copyOf(original)
}

/**
 * Copies a data directory to a directory that is removed after the test. The server never changes the bytes of a file in `files/`, so
 * hard links are enough for them: a test that changes such a file replaces it (`cutShort`). The catalogue and the lock are copies.
 */
export function copyOf(dataDir: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'table-fixture-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const copy = join(directory, 'data')
  execFileSync('cp', ['-al', dataDir, copy])
  for (const name of readdirSync(copy).filter(name => statSync(join(copy, name)).isFile())) {
    rmSync(join(copy, name))
    copyFileSync(join(dataDir, name), join(copy, name))
  }
  return copy
}

/** Puts the first bytes of a file in its place. */
export function cutShort(path: string, length: number): void {
  const bytes = readFileSync(path)
  rmSync(path)
  writeFileSync(path, bytes.subarray(0, length))
}
