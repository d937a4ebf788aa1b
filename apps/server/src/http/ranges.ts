// Parts of files, and files that the client has: https://www.rfc-editor.org/rfc/rfc9110#section-13
import type { IncomingHttpHeaders } from 'node:http'
import { HttpError } from './problem.ts'

/** The bytes from `start` to before `end`. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * Returns which bytes of a file of `bytes` bytes a request wants, undefined for all. Throws 416 if there are
 * no such bytes. Several ranges, and what is no range, stand for the whole file, as the standard allows.
 */
export function rangeOf(
  { range, 'if-range': ifRange }: IncomingHttpHeaders,
  bytes: number,
  etag: string,
): ByteRange | undefined {
  // A part of another version would not fit to the parts that the client has.
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return undefined
  const [, first, last] = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/.exec(range) ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? bytes : Math.min(bytes, Number(last) + 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  if (start < end) return { start, end }
  throw new HttpError(416, `Range: found "${range.slice(0, 80)}", the file has ${bytes} bytes`, {
    'content-range': `bytes */${bytes}`,
  })
}

/** Returns whether the client has this version already, as its `If-None-Match` says. */
export function hasVersion({ 'if-none-match': header }: IncomingHttpHeaders, etag: string): boolean {
  if (header === undefined) return false
  if (header.trim() === '*') return true
  return header.split(',').some(tag => tag.trim().replace(/^W\//, '') === etag)
}
