import type { QueryPart, QueryReq } from '@table/proto'
import { countReceived } from '../config/tuning.ts'
import { ServiceError } from '../service/errors.ts'
import { query as partsOf } from '../service/query.ts'
import type { Call } from './call.ts'
import type { Context, Send } from './handler.ts'

/** After this time a client is told that its query is at work, in ms. */
const AT_WORK = 500

/** A part is copied twice on its way into a message. */
const COPIES = 2

const NOTHING = Buffer.alloc(0)

export async function query(
  { table, admission }: Context,
  request: QueryReq,
  { peer, signal }: Call,
  send: Send<QueryPart>,
): Promise<Record<string, string>> {
  let atWork: Promise<void> | undefined
  const timer = setTimeout(() => {
    atWork = send({ arrow: NOTHING, error: '' })
    atWork.catch(() => {}) // awaited before the next part
  }, AT_WORK)
  const sendNext = async (part: QueryPart) => {
    clearTimeout(timer)
    await atWork
    await send(part)
  }
  const run = async () => {
    for await (const arrow of partsOf(table, request, signal)) {
      countReceived(COPIES * arrow.length)
      await sendNext({ arrow: arrow as Buffer, error: '' })
    }
  }
  try {
    await admission.query(() => admission.connections.during(peer, run), signal)
  } catch (error) {
    if (!(error instanceof ServiceError && error.code === 'invalid-data')) throw error
    await sendNext({ arrow: NOTHING, error: error.message })
  } finally {
    clearTimeout(timer)
  }
  return {}
}
