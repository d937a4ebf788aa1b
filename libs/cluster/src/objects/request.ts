import { createReadStream } from 'node:fs'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { AwsV4Signer } from 'aws4fetch'
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

/** The signing keys of the day, which aws4fetch keeps here. */
const signingKeys = new Map<string, ArrayBuffer>()

/**
 * Sends a signed request once. Resolves with the answer, whose body the caller reads or destroys. Throws `Transient` if the network or the
 * store failed.
 */
export async function send(wanted: SignedRequest): Promise<IncomingMessage> {
  const { url, headers } = await signed(wanted)
  const { body, method, signal } = wanted
  const [request, agent] =
    url.protocol === 'https:' ? [httpsRequest, agents['https:']] : [httpRequest, agents['http:']]
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent, ...(signal && { signal }) })
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

async function signed({ method, url, headers = {}, body, region, credentials }: SignedRequest) {
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    headers,
    service: 's3',
    region,
    cache: signingKeys,
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { sessionToken: credentials.sessionToken }),
  })
  const { url: signedUrl, headers: signedHeaders } = await signer.sign()
  const length = body && String(body.length)
  return {
    url: signedUrl,
    headers: {
      ...Object.fromEntries(signedHeaders),
      ...(length !== undefined && { 'content-length': length }),
    },
  }
}
