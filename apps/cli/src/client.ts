import type { ClientHttp2Session } from 'node:http2'
import { TableService } from '@table/proto'
import { readAnswer, receiveAnswer } from './answer.ts'
import { framePrefix, startCall } from './call.ts'
import { openConnection } from './connection.ts'
import { CliError, oneLine } from './errors.ts'
import type { Format } from './options.ts'
import type { Target } from './target.ts'

export interface Sum {
  total: bigint
  /** The time of the call alone, without connecting. */
  milliseconds: number
}

/** A server, and the open connection to it. */
export interface Connection {
  target: Target
  session: ClientHttp2Session
}

/** What the generated code knows of a method that answers with one message. */
interface Method<Q, A> {
  path: string
  requestSerialize: (request: Q) => Buffer
  responseDeserialize: (bytes: Buffer) => A
}

/** Connects, and disconnects after `use`. Throws UnreachableError. */
export async function withConnection<T>(
  target: Target,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const session = await openConnection(target)
  try {
    return await use({ target, session })
  } finally {
    session.destroy()
  }
}

/** Asks the server a question. Throws CliError, with the server's own message if the server refuses. */
export async function ask<Q, A extends { error: string }>(
  { session, target }: Connection,
  method: Method<Q, A>,
  request: Q,
): Promise<A> {
  if (session.closed || session.destroyed) throw lostConnection(target, '')
  const stream = startCall(session, target, method.path)
  let reason = ''
  stream.on('error', error => {
    reason = ` (${error.message})`
  })
  const message = method.requestSerialize(request)
  stream.end(Buffer.concat([framePrefix(message.length), message]))
  const received = await receiveAnswer(stream)
  if (!received) throw lostConnection(target, reason)
  const answer = method.responseDeserialize(readAnswer(target, received))
  if (answer.error !== '') throw new CliError(oneLine(answer.error))
  return answer
}

/** Asks the server for the sum of a column. Throws CliError with the server's own message if the server refuses. */
export async function columnSum(connection: Connection, column: string, format: Format): Promise<Sum> {
  const start = performance.now()
  const { total } = await ask(connection, TableService.colSum, { column, format })
  return { total, milliseconds: performance.now() - start }
}

export function lostConnection({ name }: Target, reason: string): CliError {
  return new CliError(`lost the connection to ${name}${reason}: try again`)
}
