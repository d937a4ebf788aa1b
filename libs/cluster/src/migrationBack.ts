// Copies the uploads of a cluster into a data directory, with everything that is known of them.
import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import {
  type Format,
  findChecked,
  incomingFile,
  insertCopy,
  openStore,
  StorageError,
  type Store,
} from '@table/storage'
import { readNotes } from './catalogue/notes.ts'
import { type FoundUpload, findUpload, readCsvChecksums } from './catalogue/rows.ts'
import { Schemas } from './catalogue/schemas.ts'
import type { Cluster } from './cluster.ts'
import type { Migrated } from './migration.ts'
import { storedObject } from './storedObject.ts'

type Parts = Pick<Cluster, 'database' | 'objects'>

/** How many uploads are looked up in the catalogue at a time. */
const BATCH = 1000

/** How many uploads a message names: its command is to be repeated for the others. */
const NAMED = 100

/**
 * Copies what the directory does not have yet. Servers of the cluster may run meanwhile; none may run on the directory. Uploads keep their
 * numbers, so the directory is empty or has an earlier copy of the same cluster. Throws StorageError `invalid` if it has other uploads,
 * `damaged` if an object has other bytes than when it was stored.
 */
export async function migrateBack(
  { database, objects }: Parts,
  dataDir: string,
): Promise<Pick<Migrated, 'copied' | 'present'>> {
  const store = openStore(dataDir)
  try {
    await expectCopies(database, store)
    const schemas = new Schemas(database)
    const found = { copied: 0, present: 0 }
    for (let last = 0; ; ) {
      const sql = `SELECT id FROM uploads WHERE id > $1 ORDER BY id LIMIT ${BATCH}`
      const ids = await database.rows<{ id: number }>(sql, [last])
      for (const { id } of ids) {
        const upload = findChecked(store.dataDir, id) ? undefined : await findUpload(database, schemas, id)
        if (upload) await copy({ database, objects }, store.dataDir, upload)
        found[upload ? 'copied' : 'present']++
      }
      if (ids.length < BATCH) return found
      last = ids.at(-1)?.id ?? last
    }
  } finally {
    store.close()
  }
}

/** Throws if an upload of the directory is no copy of the cluster's upload with the same number, or if that one was deleted. */
async function expectCopies(
  database: Cluster['database'],
  { dataDir, catalogue }: Pick<Store, 'dataDir' | 'catalogue'>,
): Promise<void> {
  const { uploads } = await catalogue.snapshot()
  const ids = Array.from(uploads, ({ id }) => id)
  const strange: number[] = []
  for (let from = 0; from < ids.length; from += BATCH) {
    const some = ids.slice(from, from + BATCH)
    const checksums = await readCsvChecksums(database, some)
    for (const id of some) {
      const expected = checksums.get(id)
      const found = findChecked(dataDir, id)?.checksums.csv
      if (!expected || !found) strange.push(id)
      else if (Buffer.compare(expected, found) !== 0)
        throw new StorageError(
          'invalid',
          `upload ${id} of ${dataDir} is not upload ${id} of the cluster: name an empty directory, or an earlier copy of this cluster`,
        )
    }
  }
  if (strange.length === 0) return
  const named = strange.slice(0, NAMED).join(' ')
  throw new StorageError(
    'invalid',
    `the cluster does not have ${strange.length} uploads of ${dataDir}: if they were deleted there after they had been copied, delete them here too ` +
      `(\`table-cli rm ${named} --data-dir ${dataDir}\`); otherwise name an empty directory, or an earlier copy of this cluster`,
  )
}

async function copy({ database, objects }: Parts, dataDir: string, upload: FoundUpload): Promise<void> {
  for (const format of ['csv', 'parquet'] as const) await download(objects, dataDir, upload, format)
  const { object, uploadId, checksums, etags, storedAt, ...row } = upload
  insertCopy(dataDir, row, { checksums, uploadId, notes: await readNotes(database, upload.id) })
}

/** Downloads a file to where an upload arrives, and syncs it. */
async function download(
  objects: Cluster['objects'],
  dataDir: string,
  upload: FoundUpload,
  format: Format,
): Promise<void> {
  const path = incomingFile(dataDir, upload.id, format)
  await pipeline(storedObject(objects, upload, format).parts(), createWriteStream(path))
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
