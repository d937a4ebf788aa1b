import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

/** How many lines a shell remembers. */
export const HISTORY_LINES = 1000

/**
 * The lines that were typed in earlier shells. Queries can hold what is nobody else's business, so only the user may read the file.
 * A file that cannot be read or written costs the history, and nothing else.
 */
export class History {
  readonly #path = join(stateDirectory(), 'table-cli', 'sql_history')

  /** Returns the newest lines, the newest first, as readline wants them. */
  load(): string[] {
    try {
      const lines = readFileSync(this.#path, 'utf8').split('\n').filter(Boolean)
      const kept = lines.slice(-HISTORY_LINES)
      if (lines.length > 2 * HISTORY_LINES) writeFileSync(this.#path, `${kept.join('\n')}\n`)
      return kept.reverse()
    } catch {
      return []
    }
  }

  add(line: string): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
      appendFileSync(this.#path, `${line}\n`, { mode: 0o600 })
      chmodSync(this.#path, 0o600)
    } catch {
      // The shell is as useful without a history.
    }
  }
}

/** The XDG directory for what programs keep between runs. */
function stateDirectory(): string {
  const { XDG_STATE_HOME } = process.env
  return XDG_STATE_HOME && isAbsolute(XDG_STATE_HOME) ? XDG_STATE_HOME : join(homedir(), '.local', 'state')
}
