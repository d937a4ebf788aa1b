// The only file that uses fields which grpc-js declares private. Why, and the way out: docs/decisions/0001-streamed-uploads.md
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { PassThrough } from 'node:stream'
import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js'
import {
  BaseServerInterceptingCall,
  type InterceptingServerListener,
} from '@grpc/grpc-js/build/src/server-interceptors.js'
import { chunksOf } from './chunks.ts'
import { StartError } from './errors.ts'
import { widenWindow } from './windows.ts'

/** The request of a unary call before it is decoded: the handler reads it while it arrives. */
export interface RequestBody {
  /** What follows the HTTP/2 headers. Throws `cancelled`, or ends early, if the call is over before the request is. */
  chunks: AsyncIterable<Uint8Array>
  /** The `grpc-encoding` header; `identity` if there is none. */
  encoding: string
}

interface PrivateFields {
  stream: ServerHttp2Stream
  incomingEncoding: string
}

/**
 * Gives the handler of the unary method `path` a `RequestBody` in place of the message, before the message has
 * arrived. Has to be the first of the server's interceptors: that one gets grpc-js's own call object.
 */
export function takeOver(path: string): ServerInterceptor {
  return (method, call) => (method.path === path ? new TakenOverCall(call) : new ServerInterceptingCall(call))
}

/** Throws if this version of grpc-js does not have the private fields. */
export function checkPrivateFields(): void {
  const stream = new PassThrough() as unknown as ServerHttp2Stream
  const headers = { 'grpc-encoding': 'gzip' }
  const handler = {} as ConstructorParameters<typeof BaseServerInterceptingCall>[3]
  const call = privateFields(new BaseServerInterceptingCall(stream, headers, null, handler, {}))
  if (call.stream !== stream || call.incomingEncoding !== 'gzip')
    throw new StartError(
      'this version of @grpc/grpc-js keeps the HTTP/2 stream of a call elsewhere: install the version of package-lock.json with `npm ci`',
    )
}

class TakenOverCall extends ServerInterceptingCall {
  readonly #body: RequestBody
  readonly #session: ServerHttp2Session | undefined
  #listener: InterceptingServerListener | undefined
  #given = false

  constructor(call: ServerInterceptingCallInterface) {
    const { stream, incomingEncoding } = privateFields(call)
    // grpc-js calls onCancel at the end of every call, however it ends.
    super(call, { start: next => next({ onCancel: () => stopClient(stream) }) })
    // grpc-js's own reader, which would gather the whole message.
    stream.removeAllListeners('data')
    this.#session = stream.session as ServerHttp2Session | undefined
    this.#body = { chunks: chunksOf(stream), encoding: incomingEncoding }
  }

  override start(listener: InterceptingServerListener): void {
    this.#listener = listener
    super.start(listener)
  }

  /**
   * grpc-js asks once for the message and then once for the end of the request, after which it runs the handler. It does
   * not ask if an interceptor behind this one has refused the call: then no more is taken in than HTTP/2's first window.
   */
  override startRead(): void {
    if (this.#given) this.#listener?.onReceiveHalfClose()
    else {
      this.#given = true
      widenWindow(this.#session)
      this.#listener?.onReceiveMessage(this.#body)
    }
  }
}

/** Tells a client that is answered and still sends to stop: https://www.rfc-editor.org/rfc/rfc9113#section-8.1-9 */
function stopClient(stream: ServerHttp2Stream): void {
  if (!stream.readableEnded && !stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR)
}

function privateFields(call: ServerInterceptingCallInterface): PrivateFields {
  return call as unknown as PrivateFields
}
