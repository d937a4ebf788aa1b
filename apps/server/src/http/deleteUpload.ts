import { deleteUpload as remove } from '../service/deleteUpload.ts'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'
import { idOf } from './uploadJson.ts'

export async function deleteUpload({ table, admission }: Context, exchange: Exchange): Promise<void> {
  const { params, peer, signal } = exchange
  const id = idOf(params.id)
  await admission.connections.during(peer, () => admission.catalogue(() => remove(table, id), signal))
  exchange.answer(204, { 'cache-control': 'no-store' }, '', true)
}
