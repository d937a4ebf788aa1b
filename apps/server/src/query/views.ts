// The view `data`: the columns of all uploads, united by name.
import type { QueryRequest } from './request.ts'

type Schemas = QueryRequest['schemas']
type Schema = Schemas[number]

/** The most columns of all lists together, for each list: DuckDB plans them all. */
const MOST_CELLS = 200_000

const duckdbTypes: Record<string, string> = {
  int64: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  'timestamp-utc': 'TIMESTAMP WITH TIME ZONE',
  text: 'VARCHAR',
}

const OWN = ['_upload', '_received_at']

/** A column of the view. */
interface United {
  /** How uploads name the column. */
  name: string
  /** How the view names it. */
  shown: string
  types: Set<string>
}

export class TooManyColumns extends Error {}

/** Columns of one list of which only the files tell whether they hold anything: without values a column is int64. */
export interface Doubtful {
  schema: number
  names: readonly string[]
  /** Counts the values of these columns. */
  counts: string
}

/** Returns the columns that are int64, but dates, times or booleans in other uploads. */
export function doubtfulColumns(schemas: Schemas, folder: string): Doubtful[] {
  const others = new Set(
    schemas.flatMap(({ columns }) =>
      columns.filter(({ type }) => UNLIKE_NUMBERS.has(type)).map(({ name }) => name),
    ),
  )
  return schemas.flatMap(list => {
    const places = list.columns.flatMap(({ name, type }, i) =>
      type === 'int64' && others.has(name) ? [i] : [],
    )
    if (places.length === 0) return []
    const names = places.map(i => list.columns[i]?.name ?? '')
    const counts = `SELECT ${places.map(i => `count(c${i})`).join(', ')} FROM ${filesOf(list, folder)}`
    return [{ schema: list.schema, names, counts }]
  })
}

const UNLIKE_NUMBERS = new Set(['boolean', 'date', 'timestamp', 'timestamp-utc'])

/** The type of a column that is known to hold nothing. */
export const EMPTY = 'empty'

/** Returns the statement that creates the view. `folder`: where the files of the uploads are. */
export function dataView(schemas: Schemas, folder: string): string {
  const united = unite(schemas)
  const cells = united.length * schemas.length
  if (cells > MOST_CELLS)
    throw new TooManyColumns(
      `the uploads have ${schemas.length} different lists of columns with ${united.length} names, which make ${cells} columns together; at most ${MOST_CELLS} can be queried: delete uploads, or ask for sums and statistics`,
    )
  const parts = schemas.map(schema => part(schema, united, folder))
  return `CREATE VIEW data AS ${parts.length === 0 ? NO_UPLOADS : parts.join(' UNION ALL ')}`
}

const NO_UPLOADS =
  'SELECT NULL::BIGINT AS _upload, NULL::TIMESTAMP WITH TIME ZONE AS _received_at WHERE false'

/** Returns the columns in the order in which they first come. Names that DuckDB cannot tell apart get numbers. */
function unite(schemas: Schemas): United[] {
  const byName = new Map<string, United>()
  for (const { columns } of schemas)
    for (const { name, type } of columns) {
      const known = byName.get(name)
      if (known) known.types.add(type)
      else byName.set(name, { name, shown: name, types: new Set([type]) })
    }
  const taken = new Set(OWN)
  const united = [...byName.values()]
  for (const column of united) {
    for (let n = 1; taken.has(folded(column.shown)); n++) column.shown = `${column.name}_${n}`
    taken.add(folded(column.shown))
  }
  return united
}

/** Returns the name as DuckDB compares names: without the case of letters, of which it only knows those of ASCII. */
function folded(name: string): string {
  return name.replace(/[A-Z]/g, letter => letter.toLowerCase())
}

/** Selects the rows of the uploads that have one list of columns. */
function part(list: Schema, united: readonly United[], folder: string): string {
  const places = new Map(list.columns.map(({ name, type }, i) => [name, { alias: `c${i}`, type }]))
  const selected = united.map(({ name, shown, types }) => {
    const type = commonType(types)
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
  while (columns.some(({ name }) => folded(name) === file)) file += '_'
  return `read_parquet('${folder}/${schema}/*.parquet', filename = '${file}') AS p(${aliases.join(', ')})`
}

/** Returns the type that can hold the values of all these types exactly, or as text. */
export function commonType(all: ReadonlySet<string>): string {
  const types = [...all].filter(type => type !== EMPTY)
  const [first = 'text'] = types
  if (types.length === 1) return first
  const within = (...allowed: string[]) => types.every(type => allowed.includes(type))
  if (within('int64', 'double')) return 'double'
  if (within('date', 'timestamp')) return 'timestamp'
  return 'text'
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
