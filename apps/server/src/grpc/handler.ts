import { ServiceError, type Table } from '@table/table'
import type { Admission } from '../admission/admission.ts'
import { refusal } from '../auth/authorize.ts'
import type { TokenFile } from '../auth/tokenFile.ts'
import type { Scope } from '../auth/tokens.ts'
import type { Limits } from '../config/limits.ts'
import { countReceived } from '../config/tuning.ts'
import { bytesOf, type Call } from './call.ts'
import type { Method } from './grpcServer.ts'
import { messagesOf } from './messageStream.ts'
import { statusOf } from './status.ts'
import { messageBytes } from './streamedMessage.ts'
import { decoded, type WholeMessages } from './wholeMessage.ts'

/** What handlers work with. */
export interface Context {
  table: Table
  admission: Admission
  limits: Limits
  messages: WholeMessages
  /** Undefined: everybody may call. */
  tokens: TokenFile | undefined
  /** Aborted when the server begins to shut down. */
  draining: AbortSignal
}

/** How a message travels: what ts-proto generates for each method. */
export interface Codec<Request, Response> {
  path: string
  requestDeserialize(message: Buffer): Request
  responseSerialize(response: Response): Buffer
  responseDeserialize(message: Buffer): Response
}

interface Entry<Codec, Limit, Handler> {
  codec: Codec
  /** The scope that a token must have. Undefined: the method needs no token. */
  scope: Scope | undefined
  /** The most bytes of a request, packed and unpacked. */
  limit: Limit
  /** Whether calls are also answered while the server shuts down. */
  untilTheEnd?: boolean
  /** Answers a request. Throws a `ServiceError`, or a `StatusError` for errors that only gRPC has. */
  handler: Handler
}

type Handler<Input, Response> = (context: Context, input: Input, call: Call) => Promise<Response>

/** Sends one of several messages of an answer, once the client has room for it. */
export type Send<Response> = (response: Response) => Promise<void>

/** Returns the trailers that follow the messages. */
type SendingHandler<Input, Response> = (
  context: Context,
  input: Input,
  call: Call,
  send: Send<Response>,
) => Promise<Record<string, string>>

/** Makes a method of the server from the context of its handler. */
export type Bind = (context: Context) => [path: string, Method]

/** Describes a method with small requests: the handler gets the decoded request. */
export function whole<Request, Response>({
  handler,
  ...entry
}: Entry<Codec<Request, Response>, number, Handler<Request, Response>>): Bind {
  return answering(entry, (context, call) =>
    context.messages.with(call.body, entry.limit, entry.codec.requestDeserialize, request =>
      handler(context, request, call),
    ),
  )
}

/** Describes a method with large requests: the handler gets the bytes of the message as they arrive. */
export function streamed<Request, Response>({
  handler,
  ...entry
}: Entry<Codec<Request, Response>, keyof Limits, Handler<AsyncIterable<Uint8Array>, Response>>): Bind {
  return answering(entry, (context, call) => {
    const limit = context.limits[entry.limit]
    return handler(context, messageBytes(call.body, limit, context.admission.uploadTimeout), call)
  })
}

/** Describes a method with requests of several messages: the handler gets the bytes of each message as they arrive. */
export function received<Request, Response>({
  handler,
  ...entry
}: Entry<
  Codec<Request, Response>,
  keyof Limits,
  Handler<AsyncIterable<AsyncIterable<Uint8Array>>, Response>
>): Bind {
  return answering(entry, (context, call) => {
    const limit = context.limits[entry.limit]
    return handler(context, messagesOf(call.body, limit, context.admission.uploadTimeout), call)
  })
}

/** Describes a method with small requests and answers of several messages. An error in the client's data is the last message. */
export function sending<Request, Response>(
  entry: Entry<Codec<Request, Response>, number, SendingHandler<Request, Response>>,
): Bind {
  return sendingPieces(entry, response => [entry.codec.responseSerialize(response)])
}

/**
 * Describes a method with small requests whose answer is bytes, in field 1 of several messages. The handler sends the bytes, which are
 * not copied into the messages.
 */
export function sendingBytes<Request, Response>(
  entry: Entry<Codec<Request, Response>, number, SendingHandler<Request, Uint8Array>>,
): Bind {
  return sendingPieces(entry, bytes => (bytes.length === 0 ? [] : [headOfBytes(bytes), bytes]))
}

const BYTES_IN_FIELD_1 = 0x0a

/** Returns what stands before bytes in field 1 of a message. */
function headOfBytes({ length }: Uint8Array): Uint8Array {
  const head = [BYTES_IN_FIELD_1]
  let rest = length
  for (; rest > 0x7f; rest >>>= 7) head.push((rest & 0x7f) | 0x80)
  head.push(rest)
  return Uint8Array.from(head)
}

/** `piecesOf`: the pieces of the message that is made of what the handler sends. */
function sendingPieces<Request, Response, Sent>(
  { handler, ...entry }: Entry<Codec<Request, Response>, number, SendingHandler<Request, Sent>>,
  piecesOf: (sent: Sent) => readonly Uint8Array[],
): Bind {
  const { codec, limit } = entry
  return bind(entry, async (context, call) => {
    const send: Send<Sent> = sent => {
      const pieces = piecesOf(sent)
      countReceived(bytesOf(pieces))
      return call.send(pieces)
    }
    try {
      const trailers = await context.messages.with(call.body, limit, codec.requestDeserialize, request =>
        handler(context, request, call, send),
      )
      call.finish(trailers)
    } catch (error) {
      const last = errorResponse(call, codec, error)
      if (!last) throw error
      await call.send([codec.responseSerialize(last)])
      call.finish()
    }
  })
}

/** Describes a method that answers each of several small requests with a message. `limit` is for all requests of a call together. */
export function conversing<Request, Response>({
  handler,
  ...entry
}: Entry<Codec<Request, Response>, number, Handler<Request, Response>>): Bind {
  const { codec, limit } = entry
  return bind(entry, async (context, call) => {
    for await (const message of messagesOf(call.body, limit, context.admission.requestTimeout)) {
      const request = decoded(Buffer.concat(await Array.fromAsync(message)), codec.requestDeserialize)
      await call.send([codec.responseSerialize(await handler(context, request, call))])
    }
    call.finish()
  })
}

/** What binding a method needs of its entry. */
type Bound<Request, Response> = Pick<
  Entry<Codec<Request, Response>, unknown, unknown>,
  'codec' | 'scope' | 'untilTheEnd'
>

/** Binds a method whose answer is one message. */
function answering<Request, Response>(
  entry: Bound<Request, Response>,
  respond: (context: Context, call: Call) => Promise<Response>,
): Bind {
  return bind(entry, async (context, call) => {
    const response = entry.codec.responseSerialize(await respond(context, call))
    call.succeed(response, entry.scope === 'write')
  })
}

function bind<Request, Response>(
  { codec, scope, untilTheEnd = false }: Bound<Request, Response>,
  answer: (context: Context, call: Call) => Promise<void>,
): Bind {
  return context => [
    codec.path,
    {
      untilTheEnd,
      refusal(headers) {
        if (!context.tokens || !scope) return undefined
        const error = refusal(context.tokens, headers.get('authorization'), scope)
        return error && statusOf(error)
      },
      async answer(call) {
        try {
          await answer(context, call)
        } catch (error) {
          answerError(call, codec, error)
        }
      },
    },
  ]
}

/** Answers a call with an error. An error in the client's data is part of the response; every other error is a status. */
function answerError<Request, Response>(call: Call, codec: Codec<Request, Response>, error: unknown): void {
  // Nobody waits for an answer to a call that is over.
  if (error instanceof ServiceError && error.code === 'cancelled' && call.signal.aborted) return
  const response = errorResponse(call, codec, error)
  if (response) call.succeed(codec.responseSerialize(response), false)
  else call.fail(statusOf(error))
}

/** Returns the response that tells of an error in the client's data. Returns undefined for every other error. */
function errorResponse<Request, Response>(
  call: Call,
  codec: Codec<Request, Response>,
  error: unknown,
): Response | undefined {
  if (!(error instanceof ServiceError && (error.code === 'invalid-data' || error.code === 'not-found')))
    return undefined
  // The defaults of all other fields.
  const empty = codec.responseDeserialize(Buffer.alloc(0))
  if (!hasError(empty)) return undefined
  call.record.failed(error.code, error.message)
  return { ...empty, error: error.message }
}

function hasError<Response>(response: Response): response is Response & { error: string } {
  return typeof response === 'object' && response !== null && 'error' in response
}
