// A query in a DuckDB that no other query has at the time.
import type { DuckDBPreparedStatement } from '@duckdb/node-api'
import { UnfitAnswer } from '@table/arrow'
import { ServiceError } from '@table/table'
import { encoded } from './encoded.ts'
import { type Engine, interruptedBy, leaveEngine, takeEngine } from './engines.ts'
import type { QueryFailure, QueryRequest } from './request.ts'
import { FailedLate } from './rows.ts'
import { prepareQuery, Refused } from './statement.ts'

/** Yields the answer in the format of the request. The bytes are valid until the next ones. */
export async function* answer(
  request: QueryRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { sql, format } = request
  const engine = await takeEngine(request, signal)
  const { connection } = engine
  const over = interruptedBy(signal, connection)
  let isWhole = false
  try {
    signal.throwIfAborted()
    const statement = await preparedQuery(engine, sql)
    signal.throwIfAborted()
    yield* encoded(await statement.stream(), format)
    isWhole = true
  } catch (error) {
    if (!(error instanceof FailedLate)) throw error
    signal.throwIfAborted()
    // Run the query again and drop its rows: this API says why it fails.
    await connection.run(`EXPLAIN ANALYZE ${sql}`)
    throw new Error('the query failed after its first rows, and did not fail again: try again')
  } finally {
    over()
    leaveEngine(engine, isWhole)
  }
}

async function preparedQuery(engine: Engine, sql: string): Promise<DuckDBPreparedStatement> {
  const { connection, prepared } = engine
  if (prepared?.sql === sql) return prepared.statement
  engine.prepared = undefined
  prepared?.statement.destroySync()
  const statement = await prepareQuery(connection, sql)
  engine.prepared = { sql, statement }
  return statement
}

const kinds: [pattern: RegExp, code: QueryFailure['code']][] = [
  [/^Out of Memory Error/, 'too-large'],
  [/No space left on device/, 'disk-full'],
  [/^IO Error/, 'damaged'],
  [/^(INTERNAL|FATAL|Fatal)/, 'internal'],
]

/** The most characters of a message. */
const MOST = 2000

/** Returns what a caller is told of an error. */
export function failureOf(error: unknown, { memory }: QueryRequest): QueryFailure {
  const { message } = error as Error
  if (error instanceof ServiceError && error.code === 'too-large') return { code: error.code, message }
  if (error instanceof Refused || error instanceof UnfitAnswer) return { code: 'invalid-data', message }
  const [, code = 'invalid-data' as const] = kinds.find(([pattern]) => pattern.test(message)) ?? []
  if (code === 'too-large')
    return {
      code,
      message: `the query needs more than the ${Math.floor(memory / 2 ** 20)} MiB of memory that it may have: group by fewer values, sort or join fewer rows, or give the server more with --query-memory`,
    }
  if (code === 'disk-full')
    return { code, message: "no space left on the server's disk for what the query writes down meanwhile" }
  return { code, message: clean(message).slice(0, MOST) }
}

/** Names uploads in place of the query's files. */
function clean(message: string): string {
  return message
    .replace(/\/?\S*\bfiles\/\d+\/(\d+)-\d+\.parquet/g, 'the Parquet file of upload $1')
    .replace(/(?<=["' ])\/[^"'\s]*\/query\/\d+\/?[^"'\s]*/g, "the server's folder")
    .trim()
}
