import { createReadStream } from 'node:fs'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import aws4 from 'aws4'
import { isUntrusted } from './certificate.ts'
import type { Credentials } from './credentials.ts'
import { Transient } from './retry.ts'

/** Bytes in memory, or a file that has exactly `length` bytes. */
export type Body = Uint8Array | { path: string; length: number }

export interface SignedRequest {
  method: 'GET' | 'PUT' | 'HEAD' | 'DELETE'
  url: URL
  headers?: Record<string, string>
  body?: Body | undefined
  region: string
  credentials: Credentials
  signal?: AbortSignal | undefined
}

/** A connection on which nothing moves for so long is given up, in ms. */
const SILENCE = 8000
/** A store that has taken a large object may be silent for longer, until it has written the object: bytes for each further ms. */
const WRITTEN_BYTES = 50_000
const CONNECTIONS = 64

const agents = {
  'http:': new HttpAgent({ keepAlive: true, maxSockets: CONNECTIONS }),
  'https:': new HttpsAgent({ keepAlive: true, maxSockets: CONNECTIONS }),
}

/** Answers of the store that may be better the next time. */
const PASSING = new Set([408, 429, 500, 502, 503, 504])

/**
 * Sends a signed request once. Resolves with the answer, whose body the caller reads or destroys. Throws `Transient` if the network or the
 * store failed.
 */
export async function send(wanted: SignedRequest): Promise<IncomingMessage> {
  const { path, headers } = signed(wanted)
  const { url, body, method, signal } = wanted
  const [request, agent] =
    url.protocol === 'https:' ? [httpsRequest, agents['https:']] : [httpRequest, agents['http:']]
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, path, headers, agent, ...(signal && { signal }) })
    const limit = SILENCE + (body?.length ?? 0) / WRITTEN_BYTES
    outgoing.setTimeout(limit, () => outgoing.destroy(new Error('the object store is silent')))
    const file = body && 'path' in body ? createReadStream(body.path) : undefined
    outgoing.on('error', error => {
      file?.destroy()
      const isFinal = signal?.aborted || isUntrusted(error)
      reject(isFinal ? error : new Transient('the object store cannot be reached', { cause: error }))
    })
    outgoing.on('response', incoming => {
      // Without a listener an error after the last read would end the process.
      incoming.on('error', () => {})
      if (!PASSING.has(incoming.statusCode ?? 0)) {
        resolve(incoming)
        return
      }
      file?.destroy()
      outgoing.destroy()
      const cause = new Error(`the object store answered ${incoming.statusCode}`)
      reject(new Transient(cause.message, { cause }))
    })
    file?.on('error', error => {
      reject(error)
      outgoing.destroy()
    })
    if (file) file.pipe(outgoing)
    else outgoing.end(body)
  })
}

/** Returns the path as it is signed, and the headers with the signature. */
function signed({ method, url, headers, body, region, credentials }: SignedRequest) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  const request = aws4.sign(
    {
      method,
      host: url.host,
      path: url.pathname + url.search,
      service: 's3',
      region,
      headers: { ...headers, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
    },
    { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
  )
  // The length is not part of the signature.
  return {
    path: request.path,
    headers: { ...request.headers, ...(body && { 'content-length': body.length }) },
  }
}
