import type { StatsReq, StatsResp, TypeCount as TypeCountMessage } from '@table/proto'
import type { TypeCount } from '@table/table'
import { stats as statsOf } from '../service/stats.ts'
import type { Call } from './call.ts'
import type { Context } from './handler.ts'

export async function stats(
  { table, admission }: Context,
  request: StatsReq,
  { peer, signal }: Call,
): Promise<StatsResp> {
  const work = () => admission.sum(() => statsOf(table, request, signal), signal)
  const found = await admission.connections.during(peer, work)
  const columns = found.map(({ types, rows, nulls, ...texts }) => ({
    ...texts,
    types: typeCounts(types),
    rows: BigInt(rows),
    nulls: BigInt(nulls),
  }))
  return { error: '', columns }
}

export function typeCounts(types: readonly TypeCount[]): TypeCountMessage[] {
  return types.map(({ type, uploads }) => ({ type, uploads: BigInt(uploads) }))
}
