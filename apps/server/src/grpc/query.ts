import type { QueryReq } from '@table/proto'
import { query as partsOf } from '../service/query.ts'
import type { Call } from './call.ts'
import type { Context, Send } from './handler.ts'

/** After this time a client is told that its query is at work, in ms. */
const AT_WORK = 500

const NOTHING = Buffer.alloc(0)

export async function query(
  { table, admission }: Context,
  { sql }: QueryReq,
  { peer, signal }: Call,
  send: Send<Uint8Array>,
): Promise<Record<string, string>> {
  let atWork: Promise<void> | undefined
  const timer = setTimeout(() => {
    atWork = send(NOTHING)
    atWork.catch(() => {}) // awaited before the next part
  }, AT_WORK)
  const run = async () => {
    for await (const arrow of partsOf(table, { sql, format: 'arrow' }, signal)) {
      clearTimeout(timer)
      await atWork
      await send(arrow)
    }
  }
  try {
    await admission.connections.during(peer, () => admission.query(run, signal))
  } finally {
    clearTimeout(timer)
    await atWork?.catch(() => {}) // what follows on the call fails like this part
  }
  return {}
}
