import type { DescribeReq, DescribeResp } from '@table/proto'
import { describe as describeTable } from '../service/describe.ts'
import type { Call } from './call.ts'
import type { Context } from './handler.ts'
import { typeCounts } from './stats.ts'

export async function describe(
  { table, admission }: Context,
  _request: DescribeReq,
  { peer, signal }: Call,
): Promise<DescribeResp> {
  const work = () => admission.sum(() => describeTable(table, signal), signal)
  const { columns, ...numbers } = await admission.connections.during(peer, work)
  return {
    error: '',
    uploads: BigInt(numbers.uploads),
    rows: BigInt(numbers.rows),
    csvBytes: BigInt(numbers.csvBytes),
    parquetBytes: BigInt(numbers.parquetBytes),
    columns: columns.map(({ types, uploads, rows, nulls, ...texts }) => ({
      ...texts,
      types: typeCounts(types),
      uploads: BigInt(uploads),
      rows: BigInt(rows),
      nulls: BigInt(nulls),
    })),
    moreColumns: BigInt(numbers.moreColumns),
  }
}
