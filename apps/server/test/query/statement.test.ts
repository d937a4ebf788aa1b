import { DuckDBConnection } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import { prepareQuery, Refused } from '../../src/query/statement.ts'

const connection = await DuckDBConnection.create()
await connection.run('CREATE TABLE data AS SELECT range AS x FROM range(10)')
afterAll(() => connection.closeSync())

test.each([
  'SELECT sum(x) FROM data',
  'FROM data',
  'WITH y AS (SELECT x FROM data) SELECT * FROM y',
  'SELECT x FROM data UNION ALL SELECT x + 1 FROM data ORDER BY 1',
  'SELECT * FROM RANGE(3), generate_series(1, 2)',
  "SELECT unnest([1, 2]), * FROM json_each('[1]')",
  'SUMMARIZE data',
  'DESCRIBE data',
  'VALUES (1)',
  'FROM repeat(1, 2), repeat_row(3, num_rows = 1)',
  'FROM summary((FROM data)), histogram(data, x), histogram_values(data, x)',
  "FROM json_tree('[1]'), unnest([1])",
  'FROM duckdb_columns(), duckdb_functions(), duckdb_keywords() LIMIT 1',
  'FROM duckdb_tables(), duckdb_types() LIMIT 1',
  'SELECT count(*) FROM duckdb_views()',
])('%s is answered', async sql => {
  const statement = await prepareQuery(connection, sql)
  const reader = await statement.runAndReadAll()
  expect(reader.currentRowCount).toBeGreaterThan(0)
})

test.each([
  ['', 'found no statement, expected one SELECT'],
  ['-- nothing', 'found no statement, expected one SELECT'],
  ['SELECT 1; SELECT 2', 'found 2 statements, expected one SELECT'],
  ['DROP TABLE data', 'found a statement that is no SELECT, expected one SELECT: a query only reads'],
  ['EXPLAIN SELECT 1', 'expected'],
  ['SELECT $1, ?', 'parameters, expected their values in the SELECT'],
  [
    "FROM read_csv('/etc/passwd')",
    'the function read_csv cannot be asked here: the tables are data and uploads, and',
  ],
  ["SELECT (SELECT count(*) FROM READ_TEXT('/x'))", 'the function read_text cannot be asked here'],
  ["SELECT Current_Setting('memory_limit')", 'the function current_setting cannot be asked here'],
  ["SELECT x FROM data WHERE x = (SELECT nextval('s'))", 'the function nextval cannot be asked here'],
  ['FROM duckdb_settings()', 'the function duckdb_settings cannot be asked here'],
  ['FROM PG_Settings', 'the table PG_Settings cannot be asked here'],
  ['SELECT 1 WHERE EXISTS (FROM duckdb_secrets)', 'the table duckdb_secrets cannot be asked here'],
])('%s is refused', async (sql, message) => {
  const refusal = await prepareQuery(connection, sql).then(
    () => expect.unreachable(),
    error => error,
  )
  expect(refusal).toBeInstanceOf(Refused)
  expect(refusal.message).toContain(message)
})

test.each([
  ['SELEC 1', /^Parser Error: syntax error at or near "SELEC"/],
  ['SELECT y FROM data', /^Binder Error: Referenced column "y" not found/],
  ['SELECT 1 FROM none', /^Catalog Error: Table with name none does not exist/],
])('%s is wrong, and DuckDB says why', async (sql, message) => {
  const error = await prepareQuery(connection, sql).then(
    () => expect.unreachable(),
    error => error,
  )
  expect(error).not.toBeInstanceOf(Refused)
  expect(error.message).toMatch(message)
})
