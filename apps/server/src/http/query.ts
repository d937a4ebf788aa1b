import { query as partsOf } from '../service/query.ts'
import { smallBody } from './body.ts'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

/** The most bytes of a statement. */
const STATEMENT_BYTES = 64 * 1024
const TYPES = ['application/sql', 'text/plain']

/** Answers the SELECT in the body with an Arrow IPC stream. An error after the first bytes cuts the answer off. */
export async function query({ table, admission }: Context, exchange: Exchange): Promise<void> {
  const { peer, signal } = exchange
  const sql = await admission.smallBody(() =>
    smallBody(exchange, TYPES, STATEMENT_BYTES, admission.requestTimeout),
  )
  const run = async () => {
    for await (const part of partsOf(table, { sql }, signal)) {
      const headers = { 'content-type': 'application/vnd.apache.arrow.stream', 'cache-control': 'no-store' }
      if (!exchange.answered && !exchange.begin(200, headers)) return
      await exchange.send(part)
    }
    exchange.finish()
  }
  await admission.query(() => admission.connections.during(peer, run), signal)
}
