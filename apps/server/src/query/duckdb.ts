// A query in a DuckDB of its own: no other query sees its files, and its settings are fixed before it runs.
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { UnfitAnswer } from '@table/arrow'
import { encoded } from './encoded.ts'
import type { QueryFailure, QueryRequest } from './request.ts'
import { FailedLate } from './rows.ts'
import { prepareQuery, Refused } from './statement.ts'
import { dataView, doubtfulColumns, EMPTY, TooManyColumns, uploadsView } from './views.ts'

const THREADS = '2'

/** With more columns, one thread has to do: each thread keeps 16 KiB for each column, in several places. */
const MOST_COLUMNS_SHARED = 500

/** What is the same for every query. Files are read once, so DuckDB need not keep a copy of them. */
const FIRST =
  "SET TimeZone = 'UTC'; SET enable_external_file_cache = false; SELECT json_serialize_sql('SELECT 1')"

interface Engine {
  instance: DuckDBInstance
  connection: DuckDBConnection
}

/** Opening takes longer than many a query, so DuckDB is opened before it is needed. */
let spare: Promise<Engine> | undefined

async function open(): Promise<Engine> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: THREADS,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run(FIRST)
  return { instance, connection }
}

function takeSpare(): Promise<Engine> {
  const taken = spare ?? open()
  spare = undefined
  return taken
}

/** Yields the answer in the format of the request. The bytes are valid until the next ones. */
export async function* answer(
  { sql, format, folder, schemas, memory, spill }: QueryRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { instance, connection } = await takeSpare()
  try {
    signal.addEventListener('abort', () => connection.interrupt())
    const files = `${folder}/files`
    const run = async (...statements: string[]) => {
      signal.throwIfAborted()
      return connection.runAndReadAll(statements.join('; '))
    }
    await run(
      `SET memory_limit = '${memory}B'`,
      `SET temp_directory = '${folder}/temp'`,
      `SET max_temp_directory_size = '${spill}B'`,
      `SET allowed_directories = ['${files}/']`,
      'SET enable_external_access = false',
    )
    const empty = new Set<string>()
    for (const { schema, names, counts } of doubtfulColumns(schemas, files)) {
      const [row = []] = (await run(counts)).getRows()
      names.forEach((name, i) => {
        if (row[i] === 0n) empty.add(`${schema} ${name}`)
      })
    }
    const known = schemas.map(({ schema, columns }) => ({
      schema,
      columns: columns.map(({ name, type }) => ({
        name,
        type: empty.has(`${schema} ${name}`) ? EMPTY : type,
      })),
    }))
    const names = new Set(schemas.flatMap(({ columns }) => columns.map(({ name }) => name)))
    if (names.size > MOST_COLUMNS_SHARED) await run('SET threads = 1')
    await run(dataView(known, files), uploadsView(`${files}/uploads.csv`), 'SET lock_configuration = true')
    signal.throwIfAborted()
    const statement = await prepareQuery(connection, sql)
    signal.throwIfAborted()
    yield* encoded(await statement.stream(), format)
  } catch (error) {
    if (!(error instanceof FailedLate)) throw error
    signal.throwIfAborted()
    // Run the query again and drop its rows: this API says why it fails.
    await connection.run(`EXPLAIN ANALYZE ${sql}`)
    throw new Error('the query failed after its first rows, and did not fail again: try again')
  } finally {
    // The answer ends first: closing takes as long as a short query.
    setImmediate(() => {
      connection.closeSync()
      instance.closeSync()
      spare ??= open()
      spare.catch(() => {}) // told to the query that takes it
    })
  }
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
  if (error instanceof TooManyColumns) return { code: 'too-large', message }
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
