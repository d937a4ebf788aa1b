// A DuckDB for each query that runs. Its settings are fixed before the query comes, and its views read one folder.
// After an answer it waits for another query over the same folder, and keeps the statement: many ask the same again.
import { type DuckDBConnection, DuckDBInstance, type DuckDBPreparedStatement } from '@duckdb/node-api'
import { withEmptyColumns } from '@table/table'
import type { QueryRequest } from './request.ts'
import { dataView, doubtfulCounts, uploadsView } from './views.ts'

const THREADS = '2'

/** With more columns, one thread has to do: each thread keeps 16 KiB for each column, in several places. */
const MOST_COLUMNS_SHARED = 500

/**
 * Of so many files DuckDB keeps what it has read, within the memory of the query: otherwise each query opens each file three times. What it
 * notes of each file, some 5 KiB, is beside that memory.
 */
const MOST_KEPT = 1000

/** In ms. */
const INTERRUPT_AGAIN = 50

/** What is the same for every query. No file ever changes. */
const FIRST =
  "SET GLOBAL TimeZone = 'UTC'; SET GLOBAL validate_external_file_cache = 'NO_VALIDATION'; SELECT json_serialize_sql('SELECT 1')"

export interface Engine {
  readonly instance: DuckDBInstance
  readonly connection: DuckDBConnection
  readonly folder: string
  /** How many bytes of temporary files it may write. */
  readonly spill: number
  /** The last query. */
  prepared: { sql: string; statement: DuckDBPreparedStatement } | undefined
}

/** Opening takes longer than many a query, so DuckDB is opened before it is needed. */
let spare: Promise<DuckDBInstance> | undefined
let idle: Engine[] = []
/** The folder of the newest query. */
let newest = ''
let opened = 0

async function open(): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: THREADS,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run(FIRST)
  connection.closeSync()
  return instance
}

/** Returns an engine with the views of the request. Give it back by `leaveEngine`. */
export async function takeEngine(request: QueryRequest, signal: AbortSignal): Promise<Engine> {
  const { folder, spill, sql } = request
  newest = folder
  const { fitting = [], useless = [] } = Object.groupBy(idle, engine =>
    engine.folder === folder && engine.spill <= spill ? 'fitting' : 'useless',
  )
  for (const engine of useless) closeSoon(engine)
  const found = fitting.find(({ prepared }) => prepared?.sql === sql) ?? fitting[0]
  idle = fitting.filter(engine => engine !== found)
  if (found) return found
  const taken = spare ?? open()
  spare = undefined
  const instance = await taken
  const engine = { instance, connection: await instance.connect(), folder, spill, prepared: undefined }
  // With many uploads this takes longer than the server waits before it ends the process.
  const over = interruptedBy(signal, engine.connection)
  try {
    await prepare(engine.connection, request, signal)
    return engine
  } catch (error) {
    leaveEngine(engine, false)
    throw error
  } finally {
    over()
  }
}

/**
 * Interrupts what the connection does when the signal is aborted, until the returned function is called. DuckDB forgets an interruption
 * that comes just before a statement begins, so one is not enough.
 */
export function interruptedBy(
  signal: AbortSignal,
  connection: Pick<DuckDBConnection, 'interrupt'>,
): () => void {
  let again: NodeJS.Timeout | undefined
  const interrupt = () => {
    connection.interrupt()
    again = setTimeout(interrupt, INTERRUPT_AGAIN)
  }
  signal.addEventListener('abort', interrupt)
  return () => {
    signal.removeEventListener('abort', interrupt)
    clearTimeout(again)
  }
}

/** `isWhole`: whether its query came to its end. */
export function leaveEngine(engine: Engine, isWhole: boolean): void {
  if (isWhole && engine.folder === newest) idle.push(engine)
  else closeSoon(engine)
}

/** The answer ends first: closing takes as long as a short query. */
function closeSoon({ instance, connection }: Engine): void {
  setImmediate(() => {
    connection.closeSync()
    instance.closeSync()
    spare ??= open()
    spare.catch(() => {}) // told to the query that takes it
  })
}

/** Fixes the settings, and makes the views. */
async function prepare(
  connection: DuckDBConnection,
  { folder, uploads, schemas, memory, spill }: QueryRequest,
  signal: AbortSignal,
): Promise<void> {
  const files = `${folder}/files`
  const run = async (...statements: string[]) => {
    signal.throwIfAborted()
    return connection.runAndReadAll(statements.join('; '))
  }
  await run(
    `SET memory_limit = '${memory}B'`,
    `SET enable_external_file_cache = ${uploads <= MOST_KEPT}`,
    `SET temp_directory = '${folder}/temp/${++opened}'`,
    `SET max_temp_directory_size = '${spill}B'`,
    `SET allowed_directories = ['${files}/']`,
    'SET enable_external_access = false',
  )
  const empty: { schema: number; position: number }[] = []
  for (const { schema, positions, counts } of doubtfulCounts(schemas, files)) {
    const [row = []] = (await run(counts)).getRows()
    for (const [i, position] of positions.entries()) if (row[i] === 0n) empty.push({ schema, position })
  }
  const known = withEmptyColumns(schemas, empty)
  const names = new Set(schemas.flatMap(({ columns }) => columns.map(({ name }) => name)))
  if (names.size > MOST_COLUMNS_SHARED) await run('SET threads = 1')
  await run(dataView(known, files), uploadsView(`${files}/uploads.csv`), 'SET lock_configuration = true')
}
