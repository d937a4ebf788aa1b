import { setTimeout as pause } from 'node:timers/promises'
import type { Connection } from '../client.ts'
import { CliError } from '../errors.ts'
import { askQuery } from './query.ts'

export const VIEWS = ['data', 'uploads']

const KEYWORDS =
  'SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT OFFSET JOIN LEFT RIGHT FULL INNER OUTER CROSS ON USING AS WITH DISTINCT UNION ALL ' +
  'EXCEPT INTERSECT AND OR NOT IN IS NULL LIKE ILIKE BETWEEN CASE WHEN THEN ELSE END CAST DESC ASC OVER PARTITION QUALIFY FILTER ' +
  'SUMMARIZE DESCRIBE VALUES TRUE FALSE'
const COMMANDS = ['.tables', '.schema', '.help', '.quit']

/** In ms. The first query of a large table opens many files: Tab does not wait for all of them. */
const COLUMNS_LIMIT = 2000

/** Completes words of a query by the names of columns and views and by the words of SQL. */
export class Completion {
  readonly #connection: Connection
  #columns: Promise<string[]> | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Returns what the last word of `line` may become, and that word, as readline wants them. */
  async complete(line: string): Promise<[string[], string]> {
    if (line.startsWith('.')) return [COMMANDS.filter(command => command.startsWith(line)), line]
    const word = lastWord(line)
    if (word === '') return [[], '']
    const names = [...(await this.#knownColumns()), ...VIEWS]
    const matching = names.map(quoted).filter(name => matches(name, word))
    const keywords = KEYWORDS.split(' ').filter(keyword => matches(keyword, word))
    return [[...new Set([...matching, ...keywords])], word]
  }

  /** Asks for the columns with the first Tab, and again if that failed. */
  async #knownColumns(): Promise<string[]> {
    this.#columns ??= this.#ask().catch(error => {
      this.#columns = undefined
      if (error instanceof CliError) return []
      throw error
    })
    const limit = pause(COLUMNS_LIMIT, [], { ref: false })
    return Promise.race([this.#columns, limit])
  }

  async #ask(): Promise<string[]> {
    const names: string[] = []
    for (const view of VIEWS) {
      const controller = new AbortController()
      const { fields } = await askQuery(this.#connection, `SELECT * FROM ${view} LIMIT 0`, controller.signal)
      controller.abort()
      names.push(...fields.map(({ name }) => name))
    }
    return names
  }
}

/** Returns the name that `line` ends with, which may have spaces after a quote. */
function lastWord(line: string): string {
  const isInQuotes = line.split('"').length % 2 === 0
  const [word = ''] = (isInQuotes ? /"[^"]*$/ : /[\p{L}\p{N}_]*$/u).exec(line) ?? []
  return word
}

function matches(name: string, word: string): boolean {
  return name.toLowerCase().startsWith(word.toLowerCase())
}

/** A name that is no plain word stands in quotes. */
function quoted(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}
