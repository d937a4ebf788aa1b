// Why a column has no sum: an upload holds something in it that is no number.
import type { Cancellation } from '../cancellation.ts'
import { findUpload } from '../catalogue/database.ts'
import { misfitOf } from '../catalogue/notes.ts'
import type { ColumnPlaces } from '../catalogue/schemas.ts'
import type { ListedUpload, ListedUploads } from '../catalogue/uploadList.ts'
import type { Misfit } from '../csv/misfit.ts'
import { StorageError, shown } from '../errors.ts'
import type { ColumnType } from '../schema.ts'
import { readingUpload } from './pieces.ts'
import { placesBySchema } from './places.ts'

/** Whether every field of a text column of an upload is an integer or null; undefined where that is not known. */
export type TextIntegers = (uploadId: number) => boolean | undefined

/** What keeps a column from having a sum. Plain data: it crosses threads. */
export interface Refusal {
  column: string
  /** The upload that holds something else than numbers. */
  upload: Pick<ListedUpload, 'id' | 'receivedAt' | 'csvBytes'>
  /** Of the column there. */
  type: ColumnType
  columnIndex: number
  columns: number
  /** How many other uploads hold numbers in the column, how many do not, and of how many that is not known. */
  fine: number
  others: number
  unknown: number
}

/**
 * What keeps the uploads' column from having a sum: `refused`, an upload that was found to hold other text than integers, or the first one
 * that is known to hold anything but numbers. Undefined if there is none.
 */
export function refusalOf(
  uploads: ListedUploads,
  places: ColumnPlaces,
  column: string,
  textIntegers: TextIntegers,
  refused?: number,
): Refusal | undefined {
  if (places.otherTypes.size === 0) return undefined
  const placeOf = placesBySchema(places)
  let found: Omit<Refusal, 'column' | 'fine' | 'others' | 'unknown'> | undefined
  const counts = { fine: 0, others: 0, unknown: 0 }
  for (const { id, receivedAt, csvBytes, schema } of uploads) {
    const place = placeOf(schema)
    if (place < 0) continue
    const type = places.otherTypes.get(place) ?? 'int64'
    const isFine = type === 'text' ? textIntegers(id) : type === 'int64' || type === 'double'
    const isNamed = refused === undefined ? isFine === false && !found : id === refused
    if (isNamed) {
      const upload = { id, receivedAt, csvBytes }
      found = { upload, type, columnIndex: places.positions[place], columns: places.columns[place] }
    } else if (isFine === undefined) counts.unknown++
    else if (isFine) counts.fine++
    else counts.others++
  }
  return found && { column, ...found, ...counts }
}

/**
 * Throws the StorageError `invalid` that tells of a refusal: the upload, and the line and the value that are no number. Reads the upload's
 * CSV up to there if the catalogue has no note of them.
 */
export function refuse(dataDir: string, refusal: Refusal, cancellation?: Cancellation): never {
  const { upload, columnIndex, columns } = refusal
  const { id, csvBytes } = upload
  const part = { id, columnIndex, columns, bytes: csvBytes }
  const misfit = readingUpload(id, 'csv', () => misfitOf(dataDir, part, cancellation))
  throw refusalError(refusal, misfit, findUpload(dataDir, id)?.name)
}

/** Makes the error of a refusal from what is to blame in the upload, and the upload's name. */
export function refusalError(
  refusal: Refusal,
  misfit: Misfit | undefined,
  name: string | undefined,
): StorageError {
  const { column, upload, type } = refusal
  const { id, receivedAt } = upload
  const found = misfit ? `line ${misfit.line} has "${shown(misfit.value)}", expected` : 'expected'
  const received = `${name === undefined ? '' : `"${shown(name)}", `}received ${new Date(receivedAt).toISOString()}`
  return new StorageError(
    'invalid',
    `column "${shown(column)}" is ${type} in upload ${id} (${received}): ${found} integers; ${restOf(refusal)}`,
  )
}

function restOf({ fine, others, unknown }: Refusal): string {
  const parts = [`${fine} other ${fine === 1 ? 'upload is' : 'uploads are'} fine`]
  if (others > 0) parts.push(`${others} more ${others === 1 ? 'is' : 'are'} not`)
  if (unknown > 0) parts.push(`${unknown} of text ${unknown === 1 ? 'was' : 'were'} not looked at`)
  return parts.join(', ')
}
