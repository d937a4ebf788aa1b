import { describe as describeTable } from '../service/describe.ts'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

export async function describe({ table, admission }: Context, exchange: Exchange): Promise<void> {
  const { peer, signal } = exchange
  const work = () => admission.sum(() => describeTable(table, signal), signal)
  const { csvBytes, parquetBytes, moreColumns, ...rest } = await admission.connections.during(peer, work)
  exchange.json(200, {
    uploads: rest.uploads,
    rows: rest.rows,
    csv_bytes: csvBytes,
    parquet_bytes: parquetBytes,
    columns: rest.columns,
    more_columns: moreColumns,
  })
}
