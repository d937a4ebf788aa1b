// Copies the uploads of a data directory into a cluster, with everything that is known of them.
import { randomUUID } from 'node:crypto'
import {
  csvShape,
  extentOf,
  findChecked,
  readNotes,
  readSummary,
  readUploads,
  StorageError,
  storedFile,
  type Upload,
  verifyFiles,
} from '@table/storage'
import { Commits } from './catalogue/commits.ts'
import { encodeExtents } from './catalogue/extents.ts'
import { removeUpload } from './catalogue/rows.ts'
import type { Cluster } from './cluster.ts'
import { idOf, LAST_ID, type Migration, migrationOf, objectOf } from './migratedNames.ts'
import { putObjects } from './objects/uploadObjects.ts'

/** What the copying has come to. */
export interface Migrated {
  copied: number
  /** Uploads that were copied earlier. */
  present: number
  /** Uploads that were deleted from the directory after they had been copied. */
  removed: number
}

/** How many uploads are copied at once. Their commits share a transaction. */
const BATCH = 16

type Parts = Pick<Cluster, 'database' | 'objects'>

/**
 * Deletes in the cluster what was deleted here since, and copies what the cluster does not have yet. A server may run on the directory
 * meanwhile: copy once more when it has stopped. What is copied was read whole and has its checksums. Throws StorageError `damaged` if a file has not.
 * `onCopied` gets the bytes of each upload.
 */
export async function migrate(
  { database, objects }: Parts,
  dataDir: string,
  onCopied: (bytes: number) => void = () => {},
): Promise<Migrated> {
  const migration = migrationOf(dataDir)
  const commits = new Commits(database)
  const uploads = readUploads(dataDir)
  // Deletions come first: an upload may have the upload id of a deleted one.
  const removed = await removeDeleted(database, migration, uploads)
  const found = { copied: 0, present: 0, removed }
  for (let from = 0; from < uploads.length; from += BATCH) {
    const batch = uploads.slice(from, from + BATCH)
    const there = await present(
      database,
      batch.map(({ id }) => objectOf(migration, id)),
    )
    const missing = batch.filter(({ id }) => !there.has(objectOf(migration, id)))
    found.present += batch.length - missing.length
    const stored = await Promise.all(
      missing.map(upload =>
        unlessDeleted(dataDir, upload.id, store({ objects }, dataDir, migration, upload)),
      ),
    )
    // In the order of their ids, and only those that were not deleted meanwhile.
    const rows = stored.filter(row => row !== undefined)
    for (const { isRepeated, id } of await Promise.all(rows.map(row => commits.commit(row))))
      if (isRepeated)
        throw new StorageError(
          'invalid',
          `the cluster has an upload with the same upload-id: its upload ${id}`,
        )
    found.copied += rows.length
    for (const { csvBytes, parquetBytes } of batch) onCopied(csvBytes + parquetBytes)
  }
  return found
}

async function store(
  { objects }: Pick<Parts, 'objects'>,
  dataDir: string,
  migration: Migration,
  { schema, ...upload }: Upload,
) {
  const { id, csvBytes, parquetBytes: bytes, footerBytes, footerCrc, columns } = upload
  const [damage] = damagesOf(dataDir, { schema, ...upload })
  if (damage !== undefined)
    throw new StorageError('damaged', `upload ${id}: ${damage}: repair the directory first`)
  const checked = findChecked(dataDir, id)
  const summary = readSummary(dataDir, id, 0)
  if (!checked || !summary) return undefined
  const [csvPath, parquetPath] = [storedFile(dataDir, id, 'csv'), storedFile(dataDir, id, 'parquet')]
  const { multiLine, ambiguousLines } = csvShape(csvPath, columns.length)
  const extent = extentOf(parquetPath, { bytes, footerBytes, footerCrc }, columns)
  const stored = await putObjects(objects, objectOf(migration, id), {
    csv: { path: csvPath, length: csvBytes },
    parquet: { path: parquetPath, length: bytes },
  })
  return {
    ...upload,
    columns: [...columns],
    csvCuts: [...upload.csvCuts],
    name: upload.name,
    ...stored,
    uploadId: summary.uploadId,
    checksums: checked.checksums,
    notes: readNotes(dataDir, id),
    multiLine,
    ownKernels: ambiguousLines,
    extents: encodeExtents(columns, extent.columns),
  }
}

/** A server may delete an upload while its files are read. */
async function unlessDeleted<T>(dataDir: string, id: number, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (findChecked(dataDir, id)) throw error
    return undefined
  }
}

/** Reads the files of an upload. */
function damagesOf(dataDir: string, upload: Upload): string[] {
  const check = verifyFiles(dataDir, upload)
  for (;;) {
    const { done, value } = check.next()
    if (done) return value.map(({ problem }) => problem)
  }
}

/** Deletes the copies of uploads that the directory does not have any more. */
async function removeDeleted(
  database: Cluster['database'],
  migration: Migration,
  uploads: readonly Upload[],
): Promise<number> {
  const ids = new Set(uploads.map(({ id }) => id))
  const copies = await database.rows<{ id: number; object: string }>(
    'SELECT id, object FROM uploads WHERE object BETWEEN $1 AND $2',
    [objectOf(migration, 0), objectOf(migration, LAST_ID)],
  )
  let removed = 0
  for (const { id, object } of copies) {
    const copied = idOf(migration, object)
    if (copied === undefined || ids.has(copied)) continue
    if (await removeUpload(database, id, randomUUID())) removed++
  }
  return removed
}

async function present(database: Cluster['database'], objects: readonly string[]): Promise<Set<string>> {
  const sql = 'SELECT object FROM uploads WHERE object = ANY($1)'
  const rows = await database.rows<{ object: string }>(sql, [objects])
  return new Set(rows.map(({ object }) => object))
}
