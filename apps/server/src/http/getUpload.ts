import { getUpload as uploadOf } from '../service/getUpload.ts'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'
import { idOf, uploadJson } from './uploadJson.ts'

export async function getUpload({ table, admission }: Context, exchange: Exchange): Promise<void> {
  const { params, peer, signal } = exchange
  const id = idOf(params.id)
  const get = () => admission.catalogue(() => uploadOf(table, id), signal)
  exchange.json(200, uploadJson(await admission.connections.during(peer, get)))
}
