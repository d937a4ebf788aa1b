// The two objects of an upload.
import type { Format } from '@table/storage'
import type { ObjectStore } from './objectStore.ts'
import type { Body } from './request.ts'

/** What the catalogue keeps of the objects of an upload. */
export interface StoredObjects {
  /** The name of both. */
  object: string
  csvEtag: string
  parquetEtag: string
  /** When the store had both, by its clock, in s since 1970. */
  storedAt: number
}

export function keyOf(object: string, format: Format): string {
  return `${format}/${object}.${format}`
}

export async function putObjects(
  objects: ObjectStore,
  object: string,
  files: Record<Format, Body>,
  signal?: AbortSignal,
): Promise<StoredObjects> {
  const [csv, parquet] = await Promise.all([
    objects.put(keyOf(object, 'csv'), files.csv, signal),
    objects.put(keyOf(object, 'parquet'), files.parquet, signal),
  ])
  return {
    object,
    csvEtag: csv.etag,
    parquetEtag: parquet.etag,
    storedAt: Math.max(csv.storedAt, parquet.storedAt),
  }
}

export async function deleteObjects(objects: ObjectStore, object: string): Promise<void> {
  await Promise.all([objects.delete(keyOf(object, 'csv')), objects.delete(keyOf(object, 'parquet'))])
}
