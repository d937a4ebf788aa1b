import { ServiceError, shuttingDown } from '@table/table'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }

/** Says that the process works. */
export async function healthz(_context: Context, exchange: Exchange): Promise<void> {
  exchange.answer(200, TEXT, 'ok\n')
}

/** Says whether the server takes new requests, and in a cluster whether its parts can be reached. */
export async function readyz({ draining, isReady }: Context, exchange: Exchange): Promise<void> {
  if (draining.aborted) throw shuttingDown()
  if (isReady && !(await isReady()))
    throw new ServiceError(
      'unavailable',
      'a part of the cluster does not answer: the log of the server says which',
    )
  exchange.answer(200, TEXT, 'ready\n')
}
