// The names of the objects of a copied directory. An upload always has the same one, so a copy can go on and be found again.
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { migrationFile, StorageError } from '@table/storage'
import { objectName } from './objectName.ts'

/** What a copy of a directory is known by. */
export interface Migration {
  id: string
  /** In ms since 1970. */
  begun: number
}

/** Ids up to this one have names of their own: 26 bits of the time of a name, about 18 hours. */
export const LAST_ID = 2 ** 26 - 1

/** The name of the objects of an upload, always the same: the time of a UUID of version 7 has its id, the rest says which directory. */
export function objectOf({ id: directory, begun }: Migration, id: number): string {
  if (id > LAST_ID) throw new StorageError('too-large', `upload ${id}: ids above ${LAST_ID} cannot be copied`)
  const bytes = createHash('sha256').update(`${directory} ${id}`).digest().subarray(0, 16)
  return objectName(begun + id, bytes)
}

/** Returns the id of the upload with this name; undefined if the object is not of this directory. */
export function idOf(migration: Migration, object: string): number | undefined {
  const id = Number.parseInt(object.replaceAll('-', '').slice(0, 12), 16) - migration.begun
  return id >= 0 && id <= LAST_ID && objectOf(migration, id) === object ? id : undefined
}

/** Reads what the copy of the directory is known by, or begins one. */
export function migrationOf(dataDir: string): Migration {
  const path = migrationFile(dataDir)
  try {
    writeFileSync(path, `${JSON.stringify({ id: randomUUID(), begun: Date.now() })}\n`, {
      flag: 'wx',
      flush: true,
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return JSON.parse(readFileSync(path, 'utf8'))
}
