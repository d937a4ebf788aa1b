import type { IdleTimeout } from '../admission/idleTimeout.ts'
import { isPacking, unpacked } from '../admission/unpacked.ts'
import { countReceived } from '../config/tuning.ts'
import { ServiceError } from '../service/errors.ts'
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
  checkType(headers['content-type'])
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding !== 'identity' && !isPacking(encoding))
    throw new HttpError(415, `Content-Encoding: found "${encoding.slice(0, 80)}", expected gzip or none`, {
      'accept-encoding': 'gzip, deflate, identity',
    })
  const length = headers['content-length']
  if (length === undefined && headers['transfer-encoding'] === undefined)
    throw new HttpError(
      411,
      'found no length of the body: send Content-Length, or Transfer-Encoding: chunked',
    )
  const check = (bytes: number) => checkSize(bytes, limit)
  check(Number(length ?? 0))
  const bytes = received(exchange, check, timeout)
  return encoding === 'identity' ? bytes : unpacked(bytes, encoding, check)
}

/** Refuses forms, which wrap the file, and what `curl -d` sends: it has left out every line end. */
function checkType(header: string | undefined): void {
  if (header === undefined) return
  const { type, charset = 'utf-8' } = mediaType(header)
  if (TYPES.includes(type) && CHARSETS.includes(charset)) return
  throw new HttpError(
    415,
    `Content-Type: found "${header.slice(0, 80)}", expected text/csv in UTF-8: send the file itself, as \`curl -T FILE\` or \`curl -H Content-Type:text/csv --data-binary @FILE\` do`,
    { accept: 'text/csv' },
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

function checkSize(bytes: number, limit: number): void {
  if (bytes <= limit) return
  throw new ServiceError(
    'too-large',
    `the upload has ${bytes} bytes or more, at most ${limit} are allowed: upload it in pieces`,
  )
}
