import { stats } from '../service/stats.ts'
import { DEFAULT_FORMAT } from './columnSum.ts'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

export async function columnStats({ table, admission }: Context, exchange: Exchange): Promise<void> {
  const { params, query, peer, signal } = exchange
  const request = { columns: [params.name as string], format: query.get('format') ?? DEFAULT_FORMAT }
  const work = () => admission.sum(() => stats(table, request, signal), signal)
  const [found] = await admission.connections.during(peer, work)
  exchange.json(200, found)
}
