import { setTimeout as pause } from 'node:timers/promises'
import { TableService } from '@table/proto'
import { ask, type Connection } from './client.ts'
import { CliError, oneLine } from './errors.ts'

/** In ms. The first Describe of a large table reads many files: a hint is not worth the wait. */
const HINT_LIMIT = 2000

/**
 * Returns for each of `columns` that no upload has a line that says so, and which names come close. Returns nothing if the server
 * does not tell what is in the table: the answer that the user asked for is given all the same.
 */
export async function notesOnUnknown(connection: Connection, columns: readonly string[]): Promise<string[]> {
  if (columns.length === 0) return []
  const names = (await columnNames(connection)) ?? columns
  const unknown = new Set(columns).difference(new Set(names))
  return [...unknown].map(column => {
    const similar = namesLike(column, names).map(name => JSON.stringify(name))
    const hint = similar.length > 0 ? `; names that come close: ${similar.join(', ')}` : ''
    return oneLine(`no upload has a column ${JSON.stringify(column)}${hint}`)
  })
}

/** Returns the names of all columns; undefined if not all can be known, or not within `limit` ms. */
export async function columnNames(connection: Connection, limit = HINT_LIMIT): Promise<string[] | undefined> {
  try {
    const answer = await Promise.race([
      ask(connection, TableService.describe, {}),
      pause(limit, undefined, { ref: false }),
    ])
    return answer?.moreColumns === 0n ? answer.columns.map(({ name }) => name) : undefined
  } catch (error) {
    if (error instanceof CliError) return undefined
    throw error
  }
}

/** Returns the names that differ from `name` by case, spaces or Unicode form alone. */
export function namesLike(name: string, names: readonly string[]): string[] {
  const key = keyOf(name)
  return names.filter(other => keyOf(other) === key)
}

function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, '')
}
