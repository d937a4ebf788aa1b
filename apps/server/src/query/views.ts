// The view `data`: the columns of all uploads, united by name.
import { doubtfulColumns, EMPTY, foldedName, type UnitedColumn, uniteColumns } from '@table/table'
import type { QueryRequest } from './request.ts'

type Schemas = QueryRequest['schemas']
type Schema = Schemas[number]

const duckdbTypes: Record<string, string> = {
  int64: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  'timestamp-utc': 'TIMESTAMP WITH TIME ZONE',
  text: 'VARCHAR',
}

/** Columns of one list of which only the files tell whether they hold anything. */
export interface Doubtful {
  schema: number
  positions: readonly number[]
  /** Counts the values of these columns. */
  counts: string
}

export function doubtfulCounts(schemas: Schemas, folder: string): Doubtful[] {
  return doubtfulColumns(schemas).map(({ list, positions }) => ({
    schema: list.schema,
    positions,
    counts: `SELECT ${positions.map(i => `count(c${i})`).join(', ')} FROM ${filesOf(list, folder)}`,
  }))
}

/** Returns the statement that creates the view. `folder`: where the files of the uploads are. */
export function dataView(schemas: Schemas, folder: string): string {
  const united = uniteColumns(schemas)
  const parts = schemas.map(schema => part(schema, united, folder))
  return `CREATE VIEW data AS ${parts.length === 0 ? NO_UPLOADS : parts.join(' UNION ALL ')}`
}

const NO_UPLOADS =
  'SELECT NULL::BIGINT AS _upload, NULL::TIMESTAMP WITH TIME ZONE AS _received_at WHERE false'

/** Selects the rows of the uploads that have one list of columns. */
function part(list: Schema, united: readonly UnitedColumn[], folder: string): string {
  const places = new Map(list.columns.map(({ name, type }, i) => [name, { alias: `c${i}`, type }]))
  const selected = united.map(({ name, shown, type }) => {
    const place = places.get(name)
    const value = place && place.type !== EMPTY ? converted(place, type, name) : `NULL::${duckdbTypes[type]}`
    return `${value} AS ${quoted(shown)}`
  })
  const [id, receivedAt] = [1, 2].map(n => `split_part(parse_filename(f, true), '-', ${n})::BIGINT`)
  selected.push(`${id} AS _upload`, `make_timestamptz(${receivedAt} * 1000) AS _received_at`)
  return `SELECT ${selected.join(', ')} FROM ${filesOf(list, folder)}`
}

/** Reads the files of the uploads that have one list of columns. Columns go by their position: DuckDB would rename some of them. */
function filesOf({ schema, columns }: Schema, folder: string): string {
  const aliases = [...columns.map((_, i) => `c${i}`), 'f']
  let file = 'file'
  while (columns.some(({ name }) => foldedName(name) === file)) file += '_'
  return `read_parquet('${folder}/${schema}/*.parquet', filename = '${file}') AS p(${aliases.join(', ')})`
}

function converted({ alias, type }: { alias: string; type: string }, to: string, name: string): string {
  const cast = `${alias}::${duckdbTypes[to]}`
  if (type === to) return alias
  if (type !== 'int64' || to !== 'double') return cast
  // A double holds few of the integers beyond 2^53.
  const problem = `column ${JSON.stringify(name)} is double in other uploads, and no double is exactly `
  return `CASE WHEN ${cast}::HUGEINT <> ${alias} THEN error(${text(problem)} || ${alias}) ELSE ${cast} END`
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** Returns the statement that creates the view `uploads`. */
export function uploadsView(file: string): string {
  const columns = {
    id: 'BIGINT',
    upload_id: 'UUID',
    name: 'VARCHAR',
    received_at: 'TIMESTAMP WITH TIME ZONE',
    rows: 'BIGINT',
    csv_bytes: 'BIGINT',
    parquet_bytes: 'BIGINT',
  }
  const types = Object.entries(columns).map(([name, type]) => `'${name}': '${type}'`)
  return `CREATE VIEW uploads AS SELECT * FROM read_csv('${file}', auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false, columns = {${types.join(', ')}})`
}
