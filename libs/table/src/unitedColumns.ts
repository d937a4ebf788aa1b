// The columns of a query's table `data`: those of all uploads, united by name.
import { ServiceError } from './errors.ts'
import type { Column } from './table.ts'

/** The columns that some uploads have, in the order of their header. */
export interface ColumnList {
  columns: readonly Column[]
}

/** A column of all uploads. */
export interface UnitedColumn {
  /** How uploads name the column. */
  name: string
  /** How a query names it. */
  shown: string
  /** The type that holds the values of all uploads. */
  type: string
}

/** The most columns of all lists together, for each list: whoever answers a query plans them all. */
const MOST_CELLS = 200_000

/** The columns that a query has beside those of the uploads. */
export const UPLOAD_COLUMN = '_upload'
export const RECEIVED_COLUMN = '_received_at'

/** The type of a column that is known to hold nothing. */
export const EMPTY = 'empty'

const unlikeNumbers = new Set(['boolean', 'date', 'timestamp', 'timestamp-utc'])

/**
 * Returns the columns that are int64, but dates, times or booleans in other uploads: without values a column is int64, so only the files
 * tell whether they hold anything. `positions`: where they stand in their list.
 */
export function doubtfulColumns<List extends ColumnList>(
  lists: readonly List[],
): { list: List; positions: number[] }[] {
  const others = new Set(
    lists.flatMap(({ columns }) =>
      columns.filter(({ type }) => unlikeNumbers.has(type)).map(({ name }) => name),
    ),
  )
  return lists.flatMap(list => {
    const positions = list.columns.flatMap(({ name, type }, i) =>
      type === 'int64' && others.has(name) ? [i] : [],
    )
    return positions.length === 0 ? [] : [{ list, positions }]
  })
}

/** Returns the lists with the type `empty` for these columns. */
export function withEmptyColumns(
  lists: readonly (ColumnList & { schema: number })[],
  empty: readonly { schema: number; position: number }[],
): (ColumnList & { schema: number })[] {
  const isEmpty = new Set(empty.map(({ schema, position }) => `${schema} ${position}`))
  return lists.map(list => ({
    ...list,
    columns: list.columns.map(({ name, type }, i) => ({
      name,
      type: isEmpty.has(`${list.schema} ${i}`) ? EMPTY : type,
    })),
  }))
}

/**
 * Returns the columns in the order in which they first come. Names that differ by the case of their letters get numbers. Throws
 * ServiceError `too-large`.
 */
export function uniteColumns(lists: readonly ColumnList[]): UnitedColumn[] {
  const byName = new Map<string, Set<string>>()
  for (const { columns } of lists)
    for (const { name, type } of columns) {
      const known = byName.get(name)
      if (known) known.add(type)
      else byName.set(name, new Set([type]))
    }
  const cells = byName.size * lists.length
  if (cells > MOST_CELLS)
    throw new ServiceError(
      'too-large',
      `the uploads have ${lists.length} different lists of columns with ${byName.size} names, which make ${cells} columns together; at most ${MOST_CELLS} can be queried: delete uploads, or ask for sums and statistics`,
    )
  const taken = new Set([UPLOAD_COLUMN, RECEIVED_COLUMN])
  return Array.from(byName, ([name, types]) => {
    let shown = name
    for (let n = 1; taken.has(foldedName(shown)); n++) shown = `${name}_${n}`
    taken.add(foldedName(shown))
    return { name, shown, type: commonType(types) }
  })
}

/** Returns the name as DuckDB compares names: without the case of letters, of which it only knows those of ASCII. */
export function foldedName(name: string): string {
  return name.replace(/[A-Z]/g, letter => letter.toLowerCase())
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
