import type { DuckDBResult } from '@duckdb/node-api'
import { type Batch, jsonOf } from '@table/arrow'
import type { AnswerFormat } from '@table/table'
import { arrowStream } from './arrowStream.ts'
import { type Rows, rowsOf } from './rows.ts'

/** Yields the answer of a query in a format. The bytes are valid until the next ones. */
export async function* encoded(
  result: DuckDBResult,
  format: AnswerFormat,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { fields, batches } = rowsOf(result)
  switch (format) {
    case 'arrow':
      yield* arrowStream(fields, batches)
      return
    case 'csv':
      yield* (await import('@table/arrow/csv')).csvOf({ fields, batches: readable(batches) })
      return
    case 'json':
      for await (const text of jsonOf({ fields, batches: readable(batches) })) yield Buffer.from(text)
      return
    case 'parquet':
      yield* (await import('@table/arrow/parquet')).parquetOf({ fields, batches: readable(batches) })
  }
}

async function* readable(batches: AsyncIterable<Rows>): AsyncGenerator<Batch> {
  for await (const { rows, columns } of batches) yield { rows, columns: columns.map(({ column }) => column) }
}
