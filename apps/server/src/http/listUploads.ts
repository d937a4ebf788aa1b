import { ServiceError } from '@table/table'
import { listUploads as listOf } from '../service/listUploads.ts'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'
import { uploadJson } from './uploadJson.ts'

export const listQuery = ['page_size', 'cursor', 'oldest_first', 'received_from', 'received_before'] as const

export async function listUploads({ table, admission }: Context, exchange: Exchange): Promise<void> {
  const { query, peer, signal } = exchange
  const text = (name: (typeof listQuery)[number]) => query.get(name) ?? ''
  const request = {
    pageSize: numberOf(query.get('page_size') ?? '0'),
    cursor: text('cursor'),
    oldestFirst: booleanOf(query.get('oldest_first') ?? 'false'),
    receivedFrom: text('received_from'),
    receivedBefore: text('received_before'),
  }
  const list = () => admission.catalogue(() => listOf(table, request), signal)
  const { uploads, nextCursor } = await admission.connections.during(peer, list)
  exchange.json(200, { uploads: uploads.map(uploadJson), next_cursor: nextCursor === '' ? null : nextCursor })
}

function numberOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw wrong('page_size', text, 'a whole number')
}

function booleanOf(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw wrong('oldest_first', text, 'true or false')
}

function wrong(name: string, text: string, expected: string): ServiceError {
  return new ServiceError('invalid-request', `${name}: found "${text.slice(0, 80)}", expected ${expected}`)
}
