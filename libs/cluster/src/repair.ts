// Makes damaged Parquet objects again from the CSV objects. Servers may run meanwhile.
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { convertAgain, damagedUpload, StorageError } from '@table/storage'
import { type FoundUpload, findUpload } from './catalogue/rows.ts'
import { Schemas } from './catalogue/schemas.ts'
import type { Cluster } from './cluster.ts'
import { newObjectName } from './objectName.ts'
import { putObjects } from './objects/uploadObjects.ts'
import { storedObject } from './storedObject.ts'

type Parts = Pick<Cluster, 'database' | 'objects'>

/**
 * Gives an upload new objects: a copy of its CSV, and the Parquet file that the CSV makes. Every server knows of them before its next
 * question. Returns false if the upload was deleted or repaired meanwhile. Throws StorageError `damaged` if the CSV is damaged too.
 */
export async function repairUpload({ database, objects }: Parts, id: number): Promise<boolean> {
  const upload = await findUpload(database, new Schemas(database), id)
  if (!upload) return false
  const folder = await mkdtemp(join(tmpdir(), 'table-repair-'))
  try {
    const csv = join(folder, 'csv')
    const parquet = join(folder, 'parquet')
    await pipeline(storedObject(objects, upload, 'csv').parts(), createWriteStream(csv))
    const converted = convertAgain(csv, parquet, upload.columns)
    if (converted.rows !== upload.rows)
      throw damagedUpload(
        id,
        'csv',
        new StorageError('damaged', `has ${converted.rows} rows, expected ${upload.rows}`),
      )
    return await replaceObjects({ database, objects }, upload, { csv, parquet }, converted)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function replaceObjects(
  { database, objects }: Parts,
  { id, object: before, csvBytes }: FoundUpload,
  paths: { csv: string; parquet: string },
  { parquetBytes, footerBytes, footerCrc, rowGroups, checksums }: ReturnType<typeof convertAgain>,
): Promise<boolean> {
  const stored = await putObjects(objects, newObjectName(), {
    csv: { path: paths.csv, length: csvBytes },
    parquet: { path: paths.parquet, length: parquetBytes },
  })
  const [row] = await database.rows<{ replaced: boolean }>(
    'SELECT replace_objects($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS replaced',
    [
      id,
      before,
      stored.object,
      stored.csvEtag,
      stored.parquetEtag,
      parquetBytes,
      Buffer.from(checksums.parquet),
      footerBytes,
      footerCrc,
      rowGroups,
      stored.storedAt,
    ],
  )
  return row?.replaced === true
}
