import { isUtf8 } from 'node:buffer'
import { ServiceError } from '@table/table'
import type { IdleTimeout } from '../admission/idleTimeout.ts'
import { isPacking, unpacked } from '../admission/unpacked.ts'
import { countReceived } from '../config/tuning.ts'
import type { Exchange } from './exchange.ts'
import { mediaType } from './headers.ts'
import { HttpError } from './problem.ts'

/** What a CSV may be called. The last one is Windows's name for it. */
const TYPES = [
  'text/csv',
  'text/plain',
  'application/octet-stream',
  'application/csv',
  'application/vnd.ms-excel',
]
const CHARSETS = ['utf-8', 'utf8', 'us-ascii']

/**
 * Yields the CSV in the body, unpacked, as it arrives. `limit`: the most bytes of the body, packed and
 * unpacked. Throws at once if the headers say that the body cannot be taken.
 */
export function csvOf(exchange: Exchange, limit: number, timeout: IdleTimeout): AsyncIterable<Uint8Array> {
  const { headers } = exchange.request
  checkType(
    headers['content-type'],
    TYPES,
    'send the file itself, as `curl -T FILE` or `curl -H Content-Type:text/csv --data-binary @FILE` do',
  )
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && !isPacking(encoding))
    throw new HttpError(415, `Content-Encoding: found "${encoding.slice(0, 80)}", expected gzip or none`, {
      'accept-encoding': 'gzip, deflate, identity',
    })
  const length = lengthOf(exchange)
  const check = (bytes: number) => checkSize(bytes, limit, 'upload it in pieces')
  check(length)
  const bytes = received(exchange, check, timeout)
  return encoding === 'identity' ? bytes : unpacked(bytes, encoding, check)
}

/** Reads a body of text that is not packed. */
export async function smallBody(
  exchange: Exchange,
  types: readonly string[],
  limit: number,
  timeout: IdleTimeout,
): Promise<string> {
  const { headers } = exchange.request
  checkType(headers['content-type'], types, `send \`Content-Type: ${types[0]}\``)
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity')
    throw new HttpError(415, `Content-Encoding: found "${encoding.slice(0, 80)}", expected none`)
  const check = (bytes: number) => checkSize(bytes, limit, 'send less')
  check(lengthOf(exchange))
  // Copy the bytes: a chunk would keep the whole buffer that it was received in.
  const body = Buffer.concat(
    await Array.fromAsync(received(exchange, check, timeout), bytes => Buffer.from(bytes)),
  )
  if (isUtf8(body)) return body.toString()
  throw new HttpError(400, 'found a body that is not UTF-8, expected UTF-8')
}

/** Returns the length of the body, or 0 if it comes in chunks. */
function lengthOf({ request }: Exchange): number {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers
  if (length === undefined && coding === undefined)
    throw new HttpError(
      411,
      'found no length of the body: send Content-Length, or Transfer-Encoding: chunked',
    )
  return Number(length ?? 0)
}

/** Refuses forms, which wrap the body, and what `curl -d @FILE` sends: it has left out every line end. */
function checkType(header: string | undefined, types: readonly string[], advice: string): void {
  if (header === undefined) return
  const { type, charset = 'utf-8' } = mediaType(header)
  if (types.includes(type) && CHARSETS.includes(charset)) return
  throw new HttpError(
    415,
    `Content-Type: found "${header.slice(0, 80)}", expected ${types[0]} in UTF-8: ${advice}`,
    { accept: types[0] as string },
  )
}

async function* received(
  exchange: Exchange,
  check: (bytes: number) => void,
  timeout: IdleTimeout,
): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of timeout.read(exchange.body())) {
    countReceived(chunk.length)
    bytes += chunk.length
    check(bytes)
    yield chunk
  }
}

function checkSize(bytes: number, limit: number, advice: string): void {
  if (bytes <= limit) return
  throw new ServiceError(
    'too-large',
    `the body has ${bytes} bytes or more, at most ${limit} are allowed: ${advice}`,
  )
}
