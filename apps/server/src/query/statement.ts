// Which statements are answered: one SELECT that only computes.
import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api'
import { StatementType } from '@duckdb/node-api'

/** The statement is not one that may be asked. */
export class Refused extends Error {}

/** The functions that may stand where a table stands. Others read or write files, run SQL, or change settings, even in a SELECT. */
const tableFunctions = new Set([
  'range',
  'generate_series',
  'unnest',
  'repeat',
  'repeat_row',
  'summary',
  'histogram',
  'histogram_values',
  'json_each',
  'json_tree',
  'duckdb_columns',
  'duckdb_functions',
  'duckdb_keywords',
  'duckdb_tables',
  'duckdb_types',
  'duckdb_views',
])

/** Scalar functions that tell of the server or change something. */
const refusedFunctions = new Set([
  'current_setting',
  'getvariable',
  'nextval',
  'currval',
  'write_log',
  'txid_current',
])

/** Views that tell of the server. */
const refusedTables = new Set(['pg_settings', 'duckdb_settings', 'duckdb_logs', 'duckdb_secrets'])

/** Prepares a query. Throws `Refused`, or DuckDB's error. */
export async function prepareQuery(
  connection: DuckDBConnection,
  sql: string,
): Promise<DuckDBPreparedStatement> {
  const statements = await extracted(connection, sql)
  if (statements.count !== 1) throw new Refused(`found ${statements.count} statements, expected one SELECT`)
  await checkTree(connection, sql)
  const statement = await statements.prepare(0)
  if (statement.statementType !== StatementType.SELECT) throw noSelect()
  if (statement.parameterCount > 0)
    throw new Refused(`found ${statement.parameterCount} parameters, expected their values in the SELECT`)
  return statement
}

async function extracted(connection: DuckDBConnection, sql: string) {
  try {
    return await connection.extractStatements(sql)
  } catch (error) {
    const { message } = error as Error
    // What DuckDB says of text without a statement.
    if (message === 'Error in native callback' || message === '')
      throw new Refused('found no statement, expected one SELECT')
    throw new Error(message.replace(/^Failed to extract statements: /, ''))
  }
}

/** Looks for functions and tables that are refused, in the tree that DuckDB's own parser makes of the statement. */
async function checkTree(connection: DuckDBConnection, sql: string): Promise<void> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  const tree = JSON.parse(String(reader.getRowsJson()[0]?.[0]))
  // Errors are told when the statement is prepared, and better. What has no tree is no SELECT.
  if (tree.error) {
    if (tree.error_type === 'not implemented') throw noSelect()
    return
  }
  const waiting: unknown[] = [tree.statements]
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (typeof node !== 'object' || node === null) continue
    checkNode(node as Record<string, unknown>)
    waiting.push(...Object.values(node))
  }
}

function noSelect(): Refused {
  return new Refused('found a statement that is no SELECT, expected one SELECT: a query only reads')
}

function checkNode(node: Record<string, unknown>): void {
  const { type, function: called, function_name: name, table_name: table } = node
  if (type === 'TABLE_FUNCTION') {
    const { function_name } = called as { function_name: string }
    if (!tableFunctions.has(function_name.toLowerCase()))
      throw new Refused(
        `the function ${function_name} cannot be asked here: the tables are data and uploads, and the functions ${[...tableFunctions].join(', ')}`,
      )
  } else if (typeof name === 'string' && refusedFunctions.has(name.toLowerCase()))
    throw new Refused(`the function ${name} cannot be asked here`)
  if (typeof table === 'string' && refusedTables.has(table.toLowerCase()))
    throw new Refused(`the table ${table} cannot be asked here`)
}
