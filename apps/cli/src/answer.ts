import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import { status } from '@grpc/grpc-js'
import type { Address } from './address.ts'
import { CliError } from './errors.ts'
import { statusError } from './status.ts'

const PREFIX_BYTES = 5

/**
 * What came back on a stream. The status and its message are in the trailers, or in the headers if nothing
 * else came.
 */
interface Answer {
  headers: IncomingHttpHeaders
  trailers: IncomingHttpHeaders
  body: Buffer
}

/** Waits for the whole answer. Resolves to undefined if the stream closes without an answer. Never rejects. */
export function receiveAnswer(stream: ClientHttp2Stream): Promise<Answer | undefined> {
  return new Promise(resolve => {
    let headers: IncomingHttpHeaders | undefined
    let trailers: IncomingHttpHeaders | undefined
    const body: Buffer[] = []
    const settle = () => {
      if (!headers) resolve(undefined)
      else if (isCutOff(headers, trailers)) resolve(undefined)
      else resolve({ headers, trailers: trailers ?? headers, body: Buffer.concat(body) })
    }
    stream.on('response', received => {
      headers = received
    })
    stream.on('trailers', received => {
      trailers = received
    })
    stream.on('data', (part: Buffer) => body.push(part))
    // A server that answers early may end its side while ours is still sending, or reset the stream after
    // that.
    stream.once('end', settle)
    stream.once('close', settle)
  })
}

/** Returns the bytes of the message in an answer. Throws CliError if the status is not OK or the answer is not gRPC. */
export function readAnswer(address: Address, { headers, trailers, body }: Answer): Buffer {
  checkStatus(address, headers, trailers)
  const complete = body.length >= PREFIX_BYTES && body.length === PREFIX_BYTES + body.readUInt32BE(1)
  if (!complete || body[0] !== 0) {
    throw statusError(address, status.INTERNAL, `found ${body.length} bytes that are not one plain message`)
  }
  return body.subarray(PREFIX_BYTES)
}

/** Throws CliError if the status of an answer is not OK or the answer is not gRPC. */
export function checkStatus(
  address: Address,
  headers: IncomingHttpHeaders,
  trailers: IncomingHttpHeaders,
): void {
  if (!isGrpc(headers)) {
    const found = `it answered with HTTP status ${headers[':status']}`
    throw new CliError(
      `${address.name} is not a table server (${found}): name the right server with --server`,
    )
  }
  const code = Number(trailers['grpc-status'])
  if (code !== status.OK)
    throw statusError(address, code, percentDecoded(String(trailers['grpc-message'] ?? '')))
}

/** Returns whether the stream closed before the server told the status. */
export function isCutOff(headers: IncomingHttpHeaders, trailers: IncomingHttpHeaders | undefined): boolean {
  return isGrpc(headers) && !trailers && !('grpc-status' in headers)
}

function isGrpc(headers: IncomingHttpHeaders): boolean {
  return Number(headers[':status']) === 200 && String(headers['content-type']).startsWith('application/grpc')
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
