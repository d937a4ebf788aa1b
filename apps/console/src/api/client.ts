import type { components } from './openapi.ts'
import { problemOf, unreachable } from './problem.ts'
import { authorization, newToken, token } from './token.ts'

type Schemas = components['schemas']
export type Table = Schemas['Table']
export type ColumnDescription = Schemas['ColumnDescription']
export type Upload = Schemas['Upload']
export type UploadPage = Schemas['UploadPage']
export type StoredUpload = Schemas['StoredUpload']
export type Sum = Schemas['Sum']
export type Stats = Schemas['Stats']
export type Format = 'csv' | 'parquet'

/** Sends a request. Asks for a token and tries again if the server wants one. Throws ApiError for every other refusal. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  for (;;) {
    const used = token()
    const response = await fetch(path, {
      ...init,
      headers: { ...init.headers, ...authorization() },
      credentials: 'omit',
    }).catch((error: Error) => {
      throw error.name === 'AbortError' ? error : unreachable()
    })
    if (response.ok) return response
    const body = await response.text()
    if (response.status !== 401) throw problemOf(response.status, body)
    await newToken(used)
  }
}

async function json<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, signal ? { signal } : {})
  return response.json()
}

export function table(): Promise<Table> {
  return json('/table')
}

export function sum(column: string, format: Format, signal: AbortSignal): Promise<Sum> {
  return json(`/columns/${encodeURIComponent(column)}/sum?format=${format}`, signal)
}

export function stats(column: string, format: Format, signal: AbortSignal): Promise<Stats> {
  return json(`/columns/${encodeURIComponent(column)}/stats?format=${format}`, signal)
}

/** Returns a page of the uploads, the newest first. Empty parameters are left out. */
export function uploads(parameters: Record<string, string>, signal: AbortSignal): Promise<UploadPage> {
  const given = Object.entries(parameters).filter(([, value]) => value !== '')
  return json(`/uploads?${new URLSearchParams(given)}`, signal)
}

/** `keepalive`: the request outlives the page. */
export async function deleteUpload(id: number, keepalive = false): Promise<void> {
  await request(`/uploads/${id}`, { method: 'DELETE', keepalive })
}

export function postQuery(sql: string, accept: string, signal?: AbortSignal): Promise<Response> {
  return request('/query', {
    method: 'POST',
    body: sql,
    headers: { 'content-type': 'application/sql', accept },
    ...(signal && { signal }),
  })
}

/** A value is a text if a number cannot hold it: decimals, integers beyond 2^53, dates. */
export type Value = string | number | boolean | null

export interface QueryResult {
  columns: { name: string; type: string }[]
  rows: Value[][]
  /** Whether there are more rows than the page takes. */
  isCut: boolean
}

/** Characters of an answer: more would fill the memory of the tab. */
const MOST = 64 * 1024 * 1024

/** Asks for rows as JSON. The server has each row on a line of its own, so the page can stop after any. */
export async function query(sql: string, signal?: AbortSignal): Promise<QueryResult> {
  const { body } = await postQuery(sql, 'application/json', signal)
  const reader = (body as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .getReader()
  const parts: string[] = []
  let length = 0
  while (length < MOST) {
    const { done, value } = await reader.read().catch(() => {
      signal?.throwIfAborted()
      throw unreachable()
    })
    if (done) return { ...JSON.parse(parts.join('')), isCut: false }
    parts.push(value)
    length += value.length
  }
  await reader.cancel()
  const text = parts.join('')
  return { ...JSON.parse(`${text.slice(0, text.lastIndexOf(',\n'))}]}`), isCut: true }
}
