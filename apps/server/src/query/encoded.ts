import type { DuckDBResult } from '@duckdb/node-api'
import { answerBytes, type Batch } from '@table/arrow'
import type { AnswerFormat } from '@table/table'
import { type Rows, rowsOf } from './rows.ts'

/** Yields the answer of a query in a format. The bytes are valid until the next ones. */
export function encoded(
  result: DuckDBResult,
  format: AnswerFormat,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { fields, batches } = rowsOf(result)
  return answerBytes({ fields, batches: readable(batches) }, format)
}

async function* readable(batches: AsyncIterable<Rows>): AsyncGenerator<Batch> {
  for await (const { rows, columns } of batches) yield { rows, columns: columns.map(({ column }) => column) }
}
