import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { queried, queryProcesses, rowsOf, sharedServer } from '../support/query.ts'
import { upload } from '../support/server.ts'

const server = sharedServer()
const SECRET = 'the canary sings'
const secretFile = () => join(server.dataDir, 'secret.csv')

/** Every file of the data directory but the catalogue's, which the uploads of this test change. */
function contents(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(server.dataDir, { recursive: true, encoding: 'utf8' })
      .filter(name => !name.startsWith('catalogue') && statSync(join(server.dataDir, name)).isFile())
      .map(name => [
        name,
        createHash('sha256')
          .update(readFileSync(join(server.dataDir, name)))
          .digest('hex'),
      ]),
  )
}

/** `DIR` is the data directory, `SECRET` a file with a secret, `OUT` a file that does not exist. */
const hostile = `
COPY data TO 'OUT'
COPY (SELECT 1) TO 'OUT' (FORMAT parquet)
COPY data FROM 'SECRET'
COPY data TO '1/files/1/x.parquet'
EXPORT DATABASE 'OUT'
IMPORT DATABASE 'DIR'
ATTACH 'OUT' AS a
ATTACH 'DIR/catalogue.db' AS a (TYPE sqlite)
DETACH memory
USE system
INSTALL httpfs
LOAD httpfs
LOAD 'OUT'
FORCE INSTALL httpfs FROM 'http://127.0.0.1:1'
UPDATE EXTENSIONS
SET memory_limit = '10GB'
SET GLOBAL allowed_directories = ['/']
SET enable_external_access = true
SET lock_configuration = false
RESET lock_configuration
RESET ALL
PRAGMA memory_limit = '10GB'
PRAGMA enable_profiling
PRAGMA profiling_output = 'OUT'
PRAGMA import_database('DIR')
SET VARIABLE a = 1
CREATE TABLE t (a INTEGER)
CREATE TABLE t AS SELECT 1
CREATE TEMP TABLE t AS SELECT 1
CREATE OR REPLACE VIEW data AS SELECT 1
CREATE MACRO sum(x) AS 0
CREATE SEQUENCE s
CREATE SECRET s (TYPE s3)
CREATE PERSISTENT SECRET s (TYPE s3)
CREATE SCHEMA s
CREATE TYPE t AS ENUM ('a')
DROP VIEW data
ALTER VIEW data RENAME TO d
INSERT INTO uploads VALUES (1)
UPDATE uploads SET id = 1
DELETE FROM uploads
TRUNCATE uploads
MERGE INTO uploads USING data ON false WHEN NOT MATCHED THEN INSERT VALUES (1)
BEGIN
COMMIT
CHECKPOINT
FORCE CHECKPOINT
VACUUM
ANALYZE
CALL pragma_version()
CALL enable_logging()
CALL enable_profiling(save_location = 'OUT')
EXPLAIN SELECT 1
EXPLAIN ANALYZE SELECT 1
PREPARE p AS SELECT 1
EXECUTE p
DEALLOCATE p
PIVOT data ON x USING count(*)
SELECT 1; COPY (SELECT 1) TO 'OUT'
SELECT 1; -- COPY
SELECT 1; SELECT 2
/* SELECT */ COPY (SELECT 1) TO 'OUT'
SELECT 1 /* ; */ ; DROP VIEW data
WITH x AS (COPY (SELECT 1) TO 'OUT') SELECT 1
WITH x AS (INSERT INTO uploads VALUES (1) RETURNING 1) SELECT * FROM x
WITH x AS (DELETE FROM uploads RETURNING 1) SELECT * FROM x
SELECT * FROM (INSERT INTO uploads VALUES (1))
SELECT * INTO t FROM data
FROM read_csv('SECRET')
FROM read_csv_auto('SECRET')
FROM read_text('SECRET')
FROM read_blob('SECRET')
FROM read_json('SECRET')
FROM read_ndjson_objects('SECRET')
FROM read_parquet('SECRET')
FROM sniff_csv('SECRET')
FROM 'SECRET'
FROM "SECRET"
FROM 'DIR/catalogue.db'
FROM 'DIR/files/*.csv'
FROM 'DIR/files/00000001.parquet'
FROM read_parquet('DIR/files/00000001.parquet')
FROM read_blob('DIR/catalogue.db')
FROM read_blob('DIR/catalogue.db-wal')
FROM read_text('../../secret.csv')
FROM '../../secret.csv'
FROM read_text('1/files/../../../secret.csv')
FROM '1/files/../../../secret.csv'
FROM 'file:SECRET'
FROM 'file://SECRET'
FROM 'http://127.0.0.1:1/x.csv'
FROM 's3://bucket/x.parquet'
FROM glob('DIR/*')
FROM glob('*')
FROM glob('/etc/*')
FROM read_text('/proc/self/environ')
FROM '/proc/self/environ'
FROM read_csv('/etc/passwd')
FROM system.main.read_text('SECRET')
FROM "read_text"('SECRET')
FROM READ_TEXT('SECRET')
SELECT (SELECT content FROM read_text('SECRET'))
SELECT * FROM data WHERE x IN (SELECT size FROM read_blob('SECRET'))
WITH x AS (FROM read_text('SECRET')) FROM x
WITH RECURSIVE x AS (SELECT 1 UNION ALL SELECT size FROM read_blob('SECRET')) FROM x
SELECT * FROM data, LATERAL (SELECT * FROM read_text('SECRET'))
SELECT [y FOR y IN (SELECT list(content) FROM read_text('SECRET'))]
SUMMARIZE FROM read_text('SECRET')
DESCRIBE FROM read_text('SECRET')
SELECT * FROM (DESCRIBE (FROM read_text('SECRET')))
SELECT * FROM (PIVOT (FROM read_text('SECRET')) ON size IN (1) USING count(*))
SELECT * FROM (UNPIVOT (FROM read_text('SECRET')) ON content)
SELECT 1 ORDER BY (SELECT content FROM read_text('SECRET'))
SELECT 1 LIMIT (SELECT size FROM read_text('SECRET'))
SELECT row_number() OVER (ORDER BY (SELECT content FROM read_text('SECRET')))
VALUES ((SELECT content FROM read_text('SECRET')))
SELECT 1 UNION ALL SELECT content FROM read_text('SECRET')
SELECT CASE WHEN EXISTS (FROM read_text('SECRET')) THEN 1 END
FROM query('FROM read_text(''SECRET'')')
FROM query_table('SECRET')
FROM query('COPY (SELECT 1) TO ''OUT''')
FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''SECRET'')'))
FROM enable_logging(storage = 'file', storage_config = {'path': 'OUT'})
FROM enable_profiling(format = 'json', save_location = 'OUT.json')
FROM disable_logging()
FROM truncate_duckdb_logs()
FROM set_log_level('trace')
FROM duckdb_settings()
FROM duckdb_settings
FROM pg_settings
FROM pg_catalog.pg_settings
FROM duckdb_secrets()
FROM which_secret('s3://x', 's3')
FROM duckdb_extensions()
FROM duckdb_temporary_files()
FROM duckdb_memory()
FROM duckdb_logs
FROM duckdb_logs()
FROM duckdb_databases()
FROM pragma_database_list
FROM pragma_database_size()
FROM pragma_storage_info('data')
FROM pragma_user_agent()
FROM checkpoint()
FROM force_checkpoint()
FROM parquet_metadata('SECRET')
FROM parquet_schema('SECRET')
FROM parquet_kv_metadata('SECRET')
FROM parquet_file_metadata('SECRET')
FROM arrow_scan(1, 2, 3)
FROM arrow_scan_dumb(1, 2, 3)
FROM seq_scan('data')
FROM sql_auto_complete('SELECT * FROM ''DIR/')
FROM test_all_types()
FROM duckdb_views()
SELECT sql FROM duckdb_views()
SELECT view_definition FROM information_schema.views
SELECT sql FROM sqlite_master
SELECT current_setting('temp_directory')
SELECT current_setting('allowed_directories')
SELECT main.current_setting('temp_directory')
SELECT getenv('HOME')
SELECT getvariable('x')
SELECT nextval('s')
SELECT write_log('x')
SELECT error('DIR')
SELECT * FROM data WHERE error('x') IS NULL
SELECT current_database(), current_schemas(true), version(), current_user
SHOW ALL TABLES
SHOW DATABASES
SHOW VARIABLES
SELECT setseed(0.5)
SELECT filename FROM data
SELECT file_row_number, file_index FROM data
SELECT * FROM data AT (VERSION => 1)
`
  .split('\n')
  .filter(line => line !== '')

let before: Record<string, string>
let child: number[]

beforeAll(async () => {
  await server.holding()
  writeFileSync(secretFile(), `${SECRET}\n1\n`)
  expect(await upload(server.client, 'x\n1\n2\n')).toBe('')
  expect(await rowsOf(server.client, 'SELECT sum(x)::BIGINT FROM data')).toEqual([[3n]])
  before = contents()
  child = queryProcesses(process.pid)
})

test('hostile statements read nothing and change nothing', async () => {
  expect(hostile.length).toBeGreaterThan(150)
  const out = join(server.dataDir, 'out')
  for (const statement of hostile) {
    const sql = statement.replaceAll('SECRET', secretFile()).replaceAll('OUT', out)
    const told = await queried(server.client, sql.replaceAll('DIR', server.dataDir)).then(
      bytes => bytes.toString('latin1'),
      error => {
        // Callers may read what they have written themselves.
        expect(error.code, statement).toBeUndefined()
        return error.message.replaceAll(sql, '').split('\n')[0] as string
      },
    )
    expect(told, statement).not.toContain(SECRET)
    expect(told, statement).not.toContain('root:')
    if (!statement.includes('DIR') && !statement.includes('SECRET'))
      expect(told, statement).not.toContain(server.dataDir)
    expect(existsSync(out) || existsSync(`${out}.json`), statement).toBe(false)
  }
  expect(await rowsOf(server.client, 'SELECT sum(x)::BIGINT FROM data')).toEqual([[3n]])
  expect(contents()).toEqual(before)
  // Not one of them has ended the process.
  expect(queryProcesses(process.pid)).toEqual(child)
})

test.each([
  'SELECT x FROM data;',
  '-- a comment\nSELECT 1 /* COPY */',
  'WITH a AS (SELECT 1 AS x) SELECT * FROM a',
  'FROM data',
  'FROM data SELECT max(x)',
  'VALUES (1)',
  'TABLE data',
  'DESCRIBE data',
  'SUMMARIZE data',
  'SHOW TABLES',
  'SELECT * FROM range(3), generate_series(1, 2), unnest([1])',
  'SELECT unnest([1, 2])',
  "SELECT 'COPY data TO ''x'''",
  'SELECT * FROM information_schema.columns',
  'SELECT * FROM (PIVOT data ON x IN (1, 2) USING count(*))',
  'SELECT * FROM data USING SAMPLE 1',
  "SELECT * FROM data WHERE x::VARCHAR SIMILAR TO '[0-9]'",
  'SELECT list_transform([1], lambda y: y + 1)',
])('an honest statement is answered: %s', async sql => {
  expect((await queried(server.client, sql)).length).toBeGreaterThan(0)
})
