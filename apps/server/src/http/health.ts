import { shuttingDown } from '@table/table'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }

/** Says that the process works. */
export async function healthz(_context: Context, exchange: Exchange): Promise<void> {
  exchange.answer(200, TEXT, 'ok\n')
}

/** Says whether the server takes new requests. */
export async function readyz({ draining }: Context, exchange: Exchange): Promise<void> {
  if (draining.aborted) throw shuttingDown()
  exchange.answer(200, TEXT, 'ready\n')
}
