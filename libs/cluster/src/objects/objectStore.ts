import type { IncomingMessage } from 'node:http'
import { StorageError } from '@table/storage'
import { discard, expectSize, expectStatus, textOf } from './answer.ts'
import { isUntrusted } from './certificate.ts'
import type { Credentials } from './credentials.ts'
import { type ListedObject, readListing } from './listing.ts'
import type { Location } from './location.ts'
import { type Body, type SignedRequest, send } from './request.ts'
import { withRetries } from './retry.ts'

/** What the store says of an object. */
export interface ObjectFacts {
  bytes: number
  etag: string
}

/** What the store answers when it has an object. */
export interface Stored {
  etag: string
  /** By the store's clock the object is not younger, in s since 1970; 0 if the store does not say. */
  storedAt: number
}

type Request = Pick<SignedRequest, 'method' | 'headers' | 'body' | 'signal'> & {
  key: string
  query?: Record<string, string>
}

/** After so many answers in a row that broke off before their first byte, the store counts as broken. */
const MOST_FRUITLESS = 5

/**
 * The objects of a table in a bucket of S3. Keys are without the prefix. Each request is tried again for a while; then StorageError
 * `unusable` is thrown.
 */
export class ObjectStore {
  readonly #location: Location
  readonly #credentials: () => Credentials

  constructor(location: Location, credentials: () => Credentials) {
    this.#location = location
    this.#credentials = credentials
  }

  /** As the operator wrote it: `s3://bucket/prefix`. */
  get name(): string {
    return this.#location.name
  }

  /** The address of an object for programs that read S3 themselves. */
  s3Url(key: string): string {
    const { name, prefix } = this.#location
    return `${name.split('/').slice(0, 3).join('/')}/${prefix}${key}`
  }

  /** Stores an object. Once this resolves, the store has all of its bytes. */
  async put(key: string, body: Body, signal?: AbortSignal): Promise<Stored> {
    const began = performance.now()
    return this.#answer({ method: 'PUT', key, body, signal }, async answer => {
      await expectStatus(answer, 200, 201, 204)
      await textOf(answer)
      const { etag = '', date = '' } = answer.headers
      // Some stores write the date when a request begins.
      const lasted = Math.ceil((performance.now() - began) / 1000)
      return { etag, storedAt: Math.floor(Date.parse(date) / 1000) + lasted || 0 }
    })
  }

  /** Returns a small object as text, or undefined if it does not exist. */
  async getText(key: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.#answer({ method: 'GET', key, signal }, async answer => {
      if (answer.statusCode === 404) return discard(answer)
      await expectStatus(answer, 200)
      return textOf(answer)
    })
  }

  /**
   * Yields the bytes of an object from `start` to before `end`. Throws StorageError `damaged` if the object does not exist or has not
   * `bytes` bytes.
   */
  async *read(
    key: string,
    { start, end, bytes }: { start: number; end: number; bytes: number },
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let fruitless = 0
    for (let position = start; position < end; ) {
      const before = position
      const headers = { range: `bytes=${position}-${end - 1}` }
      const answer = await this.#answer({ method: 'GET', key, headers, signal }, async answer => {
        await expectSize(key, answer, bytes)
        return answer
      })
      try {
        for await (const part of answer) {
          position += part.length
          yield part
        }
      } catch (error) {
        if (signal?.aborted) throw cancelled(error)
        // The answer broke off: go on behind what has come.
        fruitless = position > before ? 0 : fruitless + 1
        if (fruitless === MOST_FRUITLESS) throw this.#failed('GET', key, error)
      } finally {
        answer.destroy()
      }
    }
  }

  /** Returns what the store says of an object, or undefined if it does not exist. */
  async head(key: string, signal?: AbortSignal): Promise<ObjectFacts | undefined> {
    return this.#answer({ method: 'HEAD', key, signal }, async answer => {
      if (answer.statusCode === 404) return discard(answer)
      await expectStatus(answer, 200)
      answer.resume()
      return { bytes: Number(answer.headers['content-length']), etag: answer.headers.etag ?? '' }
    })
  }

  /** Returns the time by the store's clock, in s since 1970. */
  async now(): Promise<number> {
    return this.#answer({ method: 'HEAD', key: 'deployment' }, async answer => {
      answer.resume()
      return Math.floor(Date.parse(answer.headers.date ?? '') / 1000) || Math.floor(Date.now() / 1000)
    })
  }

  /** Deletes an object, if it exists. */
  async delete(key: string): Promise<void> {
    await this.#answer({ method: 'DELETE', key }, async answer => {
      await expectStatus(answer, 200, 204, 404)
      await textOf(answer)
    })
  }

  /** Yields the objects whose keys begin with `start`, in the order of their keys, `from` this one on. */
  async *list(
    start = '',
    { from, most = 1000, signal }: { from?: string; most?: number; signal?: AbortSignal } = {},
  ): AsyncGenerator<ListedObject, void, undefined> {
    const { prefix } = this.#location
    const query = {
      'list-type': '2',
      'max-keys': String(most),
      prefix: prefix + start,
      // S3 begins behind this key: the key without its last letter is before it.
      ...(from !== undefined && { 'start-after': prefix + from.slice(0, -1) }),
    }
    for (let next: string | undefined = ''; next !== undefined; ) {
      const more: Record<string, string> = next === '' ? query : { ...query, 'continuation-token': next }
      const xml: string = await this.#answer(
        { method: 'GET', key: '', query: more, signal },
        async answer => {
          await expectStatus(answer, 200)
          return textOf(answer)
        },
      )
      const part = readListing(xml)
      for (const object of part.objects) yield { ...object, key: object.key.slice(prefix.length) }
      next = part.next
    }
  }

  /** Sends a request until `read` has understood its answer. A list is a request to the bucket itself. */
  async #answer<T>(
    { key, query, ...request }: Request,
    read: (answer: IncomingMessage) => Promise<T>,
  ): Promise<T> {
    const { bucketUrl, prefix, region } = this.#location
    const url = new URL(query ? '' : prefix + key, bucketUrl)
    for (const [parameter, value] of Object.entries(query ?? {})) url.searchParams.set(parameter, value)
    try {
      return await withRetries(
        async () => read(await send({ ...request, url, region, credentials: this.#credentials() })),
        request.signal,
      )
    } catch (error) {
      if (error instanceof StorageError) throw error
      throw request.signal?.aborted ? cancelled(error) : this.#failed(request.method, key, error)
    }
  }

  #failed(method: string, key: string, cause: unknown): StorageError {
    const { name } = this.#location
    const advice = isUntrusted(cause) ? ': give its authority in NODE_EXTRA_CA_CERTS' : ''
    return new StorageError('unusable', `${name}: ${method} ${key}: ${(cause as Error).message}${advice}`, {
      forClients: 'the object store does not answer as it should: try again later',
      cause,
    })
  }
}

function cancelled(cause: unknown): StorageError {
  return new StorageError('cancelled', 'cancelled: nobody waits for the answer', { cause })
}
