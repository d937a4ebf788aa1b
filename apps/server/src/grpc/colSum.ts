import type { ColSumReq, ColSumResp } from '@table/proto'
import { columnSum } from '../service/columnSum.ts'
import type { Call } from './call.ts'
import type { Context } from './handler.ts'

export async function colSum(
  { table, admission }: Context,
  request: ColSumReq,
  { peer, signal }: Call,
): Promise<ColSumResp> {
  const sum = () => admission.sum(() => columnSum(table, request, signal), signal)
  return { total: await admission.connections.during(peer, sum), error: '' }
}
