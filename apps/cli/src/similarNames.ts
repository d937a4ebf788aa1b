import { setTimeout as pause } from 'node:timers/promises'
import { TableService } from '@table/proto'
import { ask, type Connection } from './client.ts'
import { CliError, oneLine } from './errors.ts'

/** In ms. The first Describe of a large table reads many files: a hint is not worth the wait. */
const HINT_LIMIT = 2000
/** A name of so many letters may have a slip, one of twice as many two. */
const LETTERS_PER_SLIP = 4
const MOST_SLIPS = 2
/** More names are no hint. */
const MOST_NAMES = 3

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

/** Returns the names that differ from `name` by case, spaces or Unicode form alone; if there are none, the few that somebody may have meant. */
export function namesLike(name: string, names: readonly string[]): string[] {
  const key = keyOf(name)
  const same = names.filter(other => keyOf(other) === key)
  if (same.length > 0) return same
  const most = Math.min(MOST_SLIPS, Math.floor(key.length / LETTERS_PER_SLIP))
  return names
    .map(other => ({ other, slips: slips(key, keyOf(other), most) }))
    .filter(({ slips }) => slips <= most)
    .sort((a, b) => a.slips - b.slips)
    .slice(0, MOST_NAMES)
    .map(({ other }) => other)
}

function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, '')
}

/**
 * Returns how many letters have to be put in, left out, changed or swapped with the next one to make `b` of `a`. More than `most` is
 * Infinity, and then the rest is not looked at.
 */
export function slips(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Infinity
  let [last, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + Number(a[i - 1] !== b[j - 1])
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwapped ? (last[j - 2] as number) + 1 : Infinity
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, changed, swapped))
    }
    if (Math.min(...next) > most) return Infinity
    ;[last, row] = [row, next]
  }
  const count = row[b.length] as number
  return count > most ? Infinity : count
}
