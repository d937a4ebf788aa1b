import type { DuckDBResult } from '@duckdb/node-api'
import { ArrowColumn } from './arrowColumn.ts'
import { endOfStream, recordBatch, schemaMessage } from './arrowMessages.ts'

/** A record batch is sent when it has this many bytes or rows. */
const BATCH_BYTES = 512 * 1024
const BATCH_ROWS = 64 * 1024

/** Yields the answer of a query as an Arrow IPC stream. The bytes are valid until the next ones. */
export async function* arrowStream(result: DuckDBResult): AsyncGenerator<Uint8Array, void, undefined> {
  const names = result.columnNames()
  const columns = result.columnTypes().map(type => new ArrowColumn(type))
  yield schemaMessage(columns.map(({ type }, i) => ({ name: names[i] as string, type })))
  let rows = 0
  function* batch() {
    yield* recordBatch(
      rows,
      columns.map(({ array }) => array),
    )
    rows = 0
    for (const column of columns) column.clear()
  }
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
      if (rows >= BATCH_ROWS || bytes >= BATCH_BYTES) yield* batch()
    }
  } finally {
    // The result must not be closed while DuckDB works on it.
    await next.catch(() => {})
  }
  if (rows > 0) yield* batch()
  yield endOfStream
}
