import { type AnswerFormat, ServiceError, type Table } from '@table/table'

export interface QueryRequest {
  sql: string
  format: AnswerFormat
}

/**
 * Answers one SELECT over every upload that was acknowledged before this call, in a format. Later uploads and deletions do not change the answer. Throws `invalid-data` if something is wrong with the query, also after
 * the first bytes.
 */
export async function* query(
  table: Table,
  { sql, format }: QueryRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (sql.trim() === '')
    throw new ServiceError(
      'invalid-data',
      'found no statement, expected one SELECT, such as SELECT * FROM data',
    )
  // DuckDB would answer what stands before it.
  const end = sql.indexOf('\0')
  if (end >= 0)
    throw new ServiceError(
      'invalid-data',
      `found a NUL character after "${sql.slice(0, end).slice(-80)}", expected a SELECT without`,
    )
  yield* table.query(sql, format, signal)
}
