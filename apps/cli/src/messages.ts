import { constants, type IncomingHttpHeaders } from 'node:http2'
import { checkStatus, isCutOff } from './answer.ts'
import { framePrefix, startCall } from './call.ts'
import { type Connection, lostConnection } from './client.ts'
import { CliError, oneLine } from './errors.ts'

const PREFIX_BYTES = 5

export interface Receiving {
  /** Gets what the server says after the last message of an answer that succeeded. */
  onTrailers?: (trailers: IncomingHttpHeaders) => void
  /** Ends the call; the reason of the signal is then thrown. */
  signal?: AbortSignal
}

/**
 * Calls a method that answers with several messages, and yields the bytes of each, as fast as they are taken. Throws CliError if the
 * status at the end is not OK or the connection is lost. The call is cancelled when the caller takes no more.
 */
export async function* receiveMessages(
  { session, target }: Connection,
  path: string,
  request: Uint8Array,
  { onTrailers, signal }: Receiving = {},
): AsyncGenerator<Buffer> {
  signal?.throwIfAborted()
  if (session.closed || session.destroyed) throw lostConnection(target, '')
  const stream = startCall(session, target, path)
  const cancel = () => stream.close(constants.NGHTTP2_CANCEL)
  signal?.addEventListener('abort', cancel)
  let headers: IncomingHttpHeaders | undefined
  let trailers: IncomingHttpHeaders | undefined
  stream.on('response', received => {
    headers = received
  })
  stream.on('trailers', received => {
    trailers = received
  })
  stream.end(Buffer.concat([framePrefix(request.length), request]))
  const messages = new MessageSplitter()
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      messages.add(chunk)
      for (let message = messages.next(); message; message = messages.next()) yield message
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof CliError) throw error
    throw lostConnection(target, ` (${oneLine((error as Error).message)})`)
  } finally {
    signal?.removeEventListener('abort', cancel)
    cancel()
  }
  signal?.throwIfAborted()
  if (!headers || isCutOff(headers, trailers)) throw lostConnection(target, '')
  checkStatus(target, headers, trailers ?? headers)
  if (!messages.isEmpty) throw lostConnection(target, ' (the last message is cut off)')
  onTrailers?.(trailers ?? headers)
}

/** Cuts a stream of bytes into gRPC's messages. */
class MessageSplitter {
  #chunks: Buffer[] = []
  #length = 0
  /** How many bytes the first message has with its prefix, as far as is known. */
  #needed = PREFIX_BYTES

  get isEmpty(): boolean {
    return this.#length === 0
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#length += chunk.length
  }

  /** Takes the first message out, once all of it is there. */
  next(): Buffer | undefined {
    if (this.#length < this.#needed) return undefined
    const bytes = this.#joined()
    this.#needed = PREFIX_BYTES + bytes.readUInt32BE(1)
    if (this.#length < this.#needed) return undefined
    const message = bytes.subarray(PREFIX_BYTES, this.#needed)
    this.#chunks = [bytes.subarray(this.#needed)]
    this.#length -= this.#needed
    this.#needed = PREFIX_BYTES
    return message
  }

  #joined(): Buffer {
    const [first = Buffer.alloc(0), ...others] = this.#chunks
    if (others.length === 0) return first
    const all = Buffer.concat(this.#chunks)
    this.#chunks = [all]
    return all
  }
}
