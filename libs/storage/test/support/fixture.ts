import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
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

/** Unpacks a fixture into a directory that is removed after the test. Returns its data directory. */
export function unpackFixture(fixture: Fixture): string {
  const directory = mkdtempSync(join(tmpdir(), 'table-fixture-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  execFileSync('tar', ['-xzf', join(folder, `${fixture}.tar.gz`), '-C', directory, '--strip-components=1'])
  return directory
}
