import type { Admission } from '../admission/admission.ts'
import { refusal } from '../auth/authorize.ts'
import type { TokenFile } from '../auth/tokenFile.ts'
import type { Scope } from '../auth/tokens.ts'
import type { Limits } from '../config/limits.ts'
import { ServiceError } from '../service/errors.ts'
import type { Table } from '../service/table.ts'
import type { Call } from './call.ts'
import type { Method } from './grpcServer.ts'
import { statusOf } from './status.ts'
import { messageBytes } from './streamedMessage.ts'
import type { WholeMessages } from './wholeMessage.ts'

/** What handlers work with. */
export interface Context {
  table: Table
  admission: Admission
  limits: Limits
  messages: WholeMessages
  /** Undefined: everybody may call. */
  tokens: TokenFile | undefined
}

/** How a message travels: what ts-proto generates for each method. */
interface Codec<Request, Response> {
  path: string
  requestDeserialize(message: Buffer): Request
  responseSerialize(response: Response): Buffer
  responseDeserialize(message: Buffer): Response
}

interface Entry<Codec, Limit, Input, Response> {
  codec: Codec
  /** The scope that a token must have. */
  scope: Scope
  /** The most bytes of a request, packed and unpacked. */
  limit: Limit
  /** Answers a request. Throws a `ServiceError`, or a `StatusError` for errors that only gRPC has. */
  handler(context: Context, input: Input, call: Call): Promise<Response>
}

/** Makes a method of the server from the context of its handler. */
export type Bind = (context: Context) => [path: string, Method]

/** Describes a method with small requests: the handler gets the decoded request. */
export function whole<Request, Response extends { error: string }>({
  codec,
  scope,
  limit,
  handler,
}: Entry<Codec<Request, Response>, number, Request, Response>): Bind {
  return bind(codec, scope, (context, call) =>
    context.messages.with(call.body, limit, codec.requestDeserialize, request =>
      handler(context, request, call),
    ),
  )
}

/** Describes a method with large requests: the handler gets the bytes of the message as they arrive. */
export function streamed<Request, Response extends { error: string }>({
  codec,
  scope,
  limit,
  handler,
}: Entry<Codec<Request, Response>, keyof Limits, AsyncIterable<Uint8Array>, Response>): Bind {
  return bind(codec, scope, (context, call) =>
    handler(context, messageBytes(call.body, context.limits[limit], context.admission.uploadTimeout), call),
  )
}

function bind<Request, Response extends { error: string }>(
  codec: Codec<Request, Response>,
  scope: Scope,
  respond: (context: Context, call: Call) => Promise<Response>,
): Bind {
  return context => [
    codec.path,
    {
      refusal(headers) {
        const error = context.tokens && refusal(context.tokens, headers.get('authorization'), scope)
        return error && statusOf(error)
      },
      answer: call => answer(call, codec, () => respond(context, call)),
    },
  ]
}

/** Answers a call. An error in the client's data is part of the response; every other error is a status. */
async function answer<Request, Response extends { error: string }>(
  call: Call,
  codec: Codec<Request, Response>,
  respond: () => Promise<Response>,
): Promise<void> {
  try {
    call.succeed(codec.responseSerialize(await respond()))
  } catch (error) {
    const code = error instanceof ServiceError ? error.code : undefined
    // Nobody waits for an answer to a call that is over.
    if (code === 'cancelled' && call.signal.aborted) return
    if (code === 'invalid-data') {
      // The defaults of all other fields.
      const empty = codec.responseDeserialize(Buffer.alloc(0))
      call.succeed(codec.responseSerialize({ ...empty, error: (error as ServiceError).message }))
    } else call.fail(statusOf(error))
  }
}
