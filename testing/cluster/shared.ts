import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createDatabase } from '../../scripts/cluster/postgres.ts'

/** The parts of this run. They are shared, so a test that stops one starts parts of its own: `startParts` of `scripts/cluster`. */
export const parts = inject('parts')

/** Creates an empty database. Returns its address. */
export function database(): string {
  return createDatabase(parts.postgresPort, `test-${randomUUID()}`)
}

/** Creates an empty bucket. `folder` has its objects as files. */
export function bucket(): { name: string; folder: string } {
  const name = `test-${randomUUID()}`
  const folder = join(parts.buckets, name)
  mkdirSync(folder)
  return { name, folder }
}
