import { ANSWER_BYTES, ServiceError, type StoredUpload, type Table } from '@table/table'
import { rfc3339 } from './rfc3339.ts'

export interface ListRequest {
  /** The most uploads of the page; 0: `DEFAULT_UPLOADS`. */
  pageSize: number
  /** The `nextCursor` of the page before; empty: the page is the first one. */
  cursor: string
  oldestFirst: boolean
  /** RFC 3339: only uploads received from the one time on, and before the other. Empty: no limit. */
  receivedFrom: string
  receivedBefore: string
}

export interface ListAnswer {
  uploads: readonly StoredUpload[]
  /** Empty: this is the last page. */
  nextCursor: string
}

const DEFAULT_UPLOADS = 100
const MOST_UPLOADS = 1000

/** Returns a page of the uploads by id. Uploads that begin or are deleted between two pages do not shift the second one. */
export async function listUploads(table: Table, request: ListRequest): Promise<ListAnswer> {
  const { pageSize, cursor, oldestFirst, receivedFrom, receivedBefore } = request
  if (pageSize < 0 || pageSize > MOST_UPLOADS)
    throw invalid(`page_size: found ${pageSize}, expected 1 to ${MOST_UPLOADS}, or 0 for ${DEFAULT_UPLOADS}`)
  const { uploads, more } = await table.list({
    after: cursor === '' ? undefined : idOf(cursor, oldestFirst),
    oldestFirst,
    receivedFrom: receivedFrom === '' ? undefined : rfc3339('received_from', receivedFrom),
    receivedBefore: receivedBefore === '' ? undefined : rfc3339('received_before', receivedBefore),
    uploads: pageSize === 0 ? DEFAULT_UPLOADS : pageSize,
    bytes: ANSWER_BYTES,
  })
  const last = uploads.at(-1)
  return { uploads, nextCursor: more && last ? `${direction(oldestFirst)}-${last.id}` : '' }
}

function direction(oldestFirst: boolean): string {
  return oldestFirst ? 'newer-than' : 'older-than'
}

function idOf(cursor: string, oldestFirst: boolean): number {
  const [, found, id] = /^(newer-than|older-than)-([1-9]\d{0,14})$/.exec(cursor) ?? []
  if (found === direction(oldestFirst)) return Number(id)
  throw invalid(
    found === undefined
      ? `cursor: found "${cursor.slice(0, 80)}", expected the next_cursor of an earlier page`
      : `cursor: it continues a list in the other order: keep oldest_first as it was for the first page`,
  )
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid-data', message)
}
