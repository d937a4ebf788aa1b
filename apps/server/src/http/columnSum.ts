import { columnSum as sumOf } from '../service/columnSum.ts'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

/** The format of questions that name none. Both formats give the same answer, and Parquet gives it sooner. */
export const DEFAULT_FORMAT = 'parquet'

export async function columnSum({ table, admission }: Context, exchange: Exchange): Promise<void> {
  const { params, query, peer, signal } = exchange
  const request = { column: params.name as string, format: query.get('format') ?? DEFAULT_FORMAT }
  const sum = () => admission.sum(() => sumOf(table, request, signal), signal)
  const total = await admission.connections.during(peer, sum)
  // Text, because JSON numbers above 2^53 change on their way through JavaScript.
  exchange.json(200, { ...request, total: String(total) })
}
