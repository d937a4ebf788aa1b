import { type StoredUpload, TableService } from '@table/proto'
import { ask, type Connection } from './client.ts'
import type { Row } from './printTable.ts'

/** What is told of an upload, in this order. */
export const uploadColumns = ['id', 'name', 'received', 'rows', 'bytes']

/** The most uploads that a server puts on a page. */
const PAGE_UPLOADS = 1000

export interface List {
  /** The most uploads in total. */
  limit: number
  oldestFirst: boolean
}

/** Yields the uploads page by page. */
export async function* listUploads(
  connection: Connection,
  { limit, oldestFirst }: List,
): AsyncGenerator<Row[]> {
  let cursor = ''
  let left = limit
  do {
    const pageSize = Math.min(left, PAGE_UPLOADS)
    const request = { pageSize, cursor, oldestFirst, receivedFrom: '', receivedBefore: '' }
    const { uploads, nextCursor } = await ask(connection, TableService.listUploads, request)
    yield uploads.map(uploadRow)
    left -= uploads.length
    cursor = nextCursor
  } while (cursor !== '' && left > 0)
}

export function uploadRow({ id, name, receivedAt, rows, csvBytes }: StoredUpload): Row {
  return { id: Number(id), name, received: receivedAt, rows: Number(rows), bytes: Number(csvBytes) }
}
