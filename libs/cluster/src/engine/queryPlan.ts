// The plans of queries: the SQL of a client, and the tables that it asks.
import type { Relation } from '@table/proto/spark'
import { type Column, RECEIVED_COLUMN, UPLOAD_COLUMN } from '@table/table'
import type { EngineList, EngineQuery, EngineTable } from './engine.ts'
import { aggregate, files, project, renamed, structOf, unionAll } from './plan.ts'

/** The names of types in a schema, and in SQL. */
const sparkTypes: Record<string, { schema: string; sql: string }> = {
  int64: { schema: 'long', sql: 'BIGINT' },
  double: { schema: 'double', sql: 'DOUBLE' },
  boolean: { schema: 'boolean', sql: 'BOOLEAN' },
  date: { schema: 'date', sql: 'DATE' },
  timestamp: { schema: 'timestamp_ntz', sql: 'TIMESTAMP_NTZ' },
  'timestamp-utc': { schema: 'timestamp', sql: 'TIMESTAMP_LTZ' },
  text: { schema: 'string', sql: 'STRING' },
}

/** The largest double below 2^63: greater integers are no doubles. */
const LARGEST_EXACT = 2n ** 63n - 1024n

/** The columns of the upload in a plan. An engine that does not tell names apart by case refuses the plan as ambiguous. */
const UPLOAD = 'u'
const RECEIVED = 'U'

/** A table without rows still has the columns of the upload. */
const noRows = sql(
  `SELECT CAST(NULL AS BIGINT) AS ${UPLOAD_COLUMN}, CAST(NULL AS TIMESTAMP) AS ${RECEIVED_COLUMN} WHERE false`,
)

/** A plan of the SELECT. In brackets, engines take queries alone: no statement that sets or writes, and no second one. */
export function queryPlan({ sql: text, data, uploads }: EngineQuery): Relation {
  const root = sql(`(${text.replace(/[;\s]+$/, '')}\n)`)
  const tables = [
    ...(data ? [{ alias: 'data', input: dataPlan(data) }] : []),
    ...(uploads ? [{ alias: 'uploads', input: { localRelation: { data: uploads } } }] : []),
  ]
  if (tables.length === 0) return root
  const references = tables.map((subqueryAlias, i) => ({ common: { planId: BigInt(i) }, subqueryAlias }))
  return { withRelations: { root, references } }
}

/** A plan whose only row has the number of rows of a table. */
export function countPlan({ lists }: EngineTable): Relation {
  const reads = lists.map(({ columns, files }) => renamed(readOf(columns.slice(0, 1), files), ['c0']))
  return aggregate(unionAll(reads.map(read => project(read, ['1 AS v']))), ['CAST(COUNT(1) AS STRING)'])
}

function dataPlan({ columns, lists, hasUploads }: EngineTable): Relation {
  const parts = lists.flatMap(list =>
    hasUploads
      ? list.files.map(file => part({ columns }, { ...list, files: [file] }))
      : [part({ columns }, list)],
  )
  if (parts.length === 0) return noRows
  const names = columns.map((_, i) => `c${i}`)
  const all = project(unionAll(parts), [...names, UPLOAD, RECEIVED])
  const shown = columns.map(({ shown }) => shown)
  return hasUploads
    ? renamed(all, [...shown, UPLOAD_COLUMN, RECEIVED_COLUMN])
    : renamed(project(all, names), shown)
}

/** The rows of files with the same columns, in the columns of the table. The upload is that of the first file. */
function part(
  { columns: united }: Pick<EngineTable, 'columns'>,
  { columns, files, places }: EngineList,
): Relation {
  const values = united.map(({ name, type }, i) => {
    const place = places[i]
    const sqlType = sparkTypes[type]?.sql
    if (place === undefined) return `CAST(NULL AS ${sqlType}) AS c${i}`
    return `${converted(`f${place}`, columns[place]?.type ?? type, type, name)} AS c${i}`
  })
  const [{ upload, receivedAt }] = files as [EngineList['files'][number]]
  const input = renamed(
    readOf(columns, files),
    columns.map((_, i) => `f${i}`),
  )
  return project(input, [
    ...values,
    `${unfolded(`CAST(${upload} AS BIGINT)`)} AS ${UPLOAD}`,
    `${unfolded(`CAST('${receivedAt}' AS TIMESTAMP)`)} AS ${RECEIVED}`,
  ])
}

/** A value that an engine does not know before it has a row: Sail 0.7 fails to plan some filters and orders of a union of constants. */
function unfolded(value: string): string {
  return `CASE WHEN RAND() >= 0 THEN ${value} END`
}

function readOf(columns: readonly Column[], read: EngineList['files']): Relation {
  const fields = columns.map(({ name, type }) => ({
    name,
    type: sparkTypes[type]?.schema,
    nullable: true,
    metadata: {},
  }))
  const paths = read.map(({ url }) => url)
  return files({ format: 'parquet', schema: structOf(fields), options: {}, paths })
}

function converted(value: string, from: string, to: string, name: string): string {
  if (from === to) return value
  const cast = `CAST(${value} AS ${sparkTypes[to]?.sql})`
  if (from !== 'int64' || to !== 'double') return cast
  // A double holds few of the integers beyond 2^53.
  const problem = `column ${JSON.stringify(name)} is double in other uploads, and no double is exactly `
  const refused = `raise_error(CONCAT(${literal(problem)}, ${value}))`
  return `CASE WHEN ${value} > ${LARGEST_EXACT} THEN ${refused} WHEN CAST(${cast} AS BIGINT) <> ${value} THEN ${refused} ELSE ${cast} END`
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function sql(query: string): Relation {
  return { sql: { query } }
}
