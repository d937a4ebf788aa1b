import { setTimeout as pause } from 'node:timers/promises'
import { TableService } from '@table/proto'
import { ask, type Connection } from './client.ts'
import { CliError, oneLine } from './errors.ts'

/** In ms. The first Describe of a large table reads many files: a hint is not worth the wait. */
const HINT_LIMIT = 2000

/**
 * Says on stderr that no upload has the column `column`, and which names come close. Says nothing if there is such a column, or if
 * the server does not tell what is in the table: the answer that the user asked for is given all the same.
 */
export async function noteIfUnknown(connection: Connection, column: string): Promise<void> {
  const names = await columnNames(connection)
  if (!names || names.includes(column)) return
  const similar = namesLike(column, names).map(name => JSON.stringify(name))
  const hint = similar.length > 0 ? `; names that come close: ${similar.join(', ')}` : ''
  console.error(oneLine(`no upload has a column ${JSON.stringify(column)}${hint}`))
}

/** Returns undefined if not all names can be known, or not soon. */
async function columnNames(connection: Connection): Promise<string[] | undefined> {
  try {
    const answer = await Promise.race([
      ask(connection, TableService.describe, {}),
      pause(HINT_LIMIT, undefined, { ref: false }),
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
