import { type DuckDBResult, ResultReturnType } from '@duckdb/node-api'
import type { ArrowField } from '@table/arrow'
import { GrowingColumn } from './arrowColumn.ts'

/** A batch ends when it has this many bytes or rows. */
const BATCH_BYTES = 512 * 1024
const BATCH_ROWS = 64 * 1024

/** The query failed after its first rows. DuckDB's API does not say why. */
export class FailedLate extends Error {}

/** Some rows of an answer. */
export interface Rows {
  rows: number
  columns: readonly GrowingColumn[]
}

/** Returns the columns of a result, and its rows in batches, each of which is valid until the next one. */
export function rowsOf(result: DuckDBResult): { fields: ArrowField[]; batches: AsyncGenerator<Rows> } {
  const names = result.columnNames()
  const columns = result.columnTypes().map(type => new GrowingColumn(type))
  const fields = columns.map(({ type }, i) => ({ name: names[i] as string, type }))
  return { fields, batches: batchesOf(result, columns) }
}

async function* batchesOf(result: DuckDBResult, columns: readonly GrowingColumn[]): AsyncGenerator<Rows> {
  let rows = 0
  // DuckDB makes the next chunk while this one is copied.
  let next = result.fetchChunk()
  try {
    for (;;) {
      const chunk = await next
      if (!chunk || chunk.rowCount === 0) break
      next = result.fetchChunk()
      next.catch(() => {}) // awaited below
      columns.forEach((column, i) => {
        column.append(chunk, i)
      })
      rows += chunk.rowCount
      const bytes = columns.reduce((sum, column) => sum + column.bytes, 0)
      if (rows < BATCH_ROWS && bytes < BATCH_BYTES) continue
      yield { rows, columns }
      rows = 0
      for (const column of columns) column.clear()
    }
  } finally {
    // The result must not be closed while DuckDB works on it.
    await next.catch(() => {})
  }
  // A query that fails looks like one that ends: it has no further chunk.
  if (result.returnType === ResultReturnType.INVALID) throw new FailedLate()
  if (rows > 0) yield { rows, columns }
}
