import type { ColumnDescription } from '../api/client.ts'
import { plural } from '../format.ts'

/** Says how a column differs between the uploads of a table; empty if it does not. */
export function driftOf({ types, uploads }: ColumnDescription, ofTable: number): string[] {
  const drift: string[] = []
  if (types.length > 1) {
    const each = types.map(({ type, uploads }) => `${type} in ${plural(uploads, 'upload')}`)
    drift.push(each.join(', '))
  }
  if (uploads < ofTable) drift.push(`missing in ${plural(ofTable - uploads, 'upload')}`)
  return drift
}

const NUMBERS = ['int64', 'double']
const TIMES = ['date', 'timestamp', 'timestamp-utc']

export type Kind = 'numbers' | 'times' | 'values'

/** What a column can be drawn as. Other mixtures of types are text to SQL. */
export function kindOf({ types }: Pick<ColumnDescription, 'types'>): Kind {
  const all = (names: string[]) => types.length > 0 && types.every(({ type }) => names.includes(type))
  if (all(NUMBERS)) return 'numbers'
  return all(TIMES) ? 'times' : 'values'
}
