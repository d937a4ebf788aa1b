import type { ColumnPlaces, Format, ListedUpload, UploadsSnapshot } from '@table/storage'
import type { Cluster } from './cluster.ts'
import { placesWhere } from './places.ts'

/** Uploads, and the places of columns in them, that are read in one way. */
export interface Part {
  uploads: Iterable<ListedUpload>
  places: ColumnPlaces[]
}

/**
 * Divides a question between the engine and our kernels. The engine gets columns of int64 alone: sums of doubles are rounded once, and
 * integers in text are read our way. Our kernels also get CSVs that no engine reads as we do.
 */
export function divide(
  { engine, uploads: { particulars } }: Cluster,
  uploads: UploadsSnapshot,
  places: readonly ColumnPlaces[],
  format: Format,
): { engine: Part | undefined; ours: Part[] } {
  if (!engine) return { engine: undefined, ours: [{ uploads, places: [...places] }] }
  const isOurs = ({ id }: ListedUpload) => format === 'csv' && particulars.ownKernels(id)
  const readable = {
    *[Symbol.iterator]() {
      for (const upload of uploads) if (!isOurs(upload)) yield upload
    },
  }
  const unreadable = {
    *[Symbol.iterator]() {
      for (const upload of uploads) if (isOurs(upload)) yield upload
    },
  }
  const integers = places.map(each => placesWhere(each, type => type === 'int64'))
  const others = places.map(each => placesWhere(each, type => type !== 'int64'))
  const ours = [{ uploads: readable, places: others }]
  if (format === 'csv') ours.push({ uploads: unreadable, places: [...places] })
  return { engine: { uploads: readable, places: integers }, ours }
}
