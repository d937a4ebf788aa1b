import { readFile } from 'node:fs/promises'
import { readFileOfFlag, StartError } from '../config/startError.ts'
import { log } from '../observe/log.ts'
import { findToken, parseTokens, type Token } from './tokens.ts'

/**
 * How often the file is read, in ms. File system events are no alternative: they miss files that are mounted
 * or replaced.
 */
const INTERVAL = 1000

/**
 * The tokens in a file, which is read again when it changes. If a change breaks the file, the previous tokens
 * stay in force.
 */
export class TokenFile {
  readonly #path: string
  #text: string
  #tokens: readonly Token[]
  /** What was last wrong with the file, or the empty string. */
  #problem = ''
  #closed = false
  #timer: NodeJS.Timeout | undefined

  /** Reads the file and begins to watch it. Throws a `StartError` if the file cannot be used. */
  constructor(path: string) {
    this.#path = path
    this.#text = readFileOfFlag('--token-file', path).toString()
    try {
      this.#tokens = parseTokens(this.#text)
    } catch (error) {
      throw new StartError(`--token-file ${path}: ${(error as Error).message}`)
    }
    this.#lookLater()
  }

  find(secret: string): Token | undefined {
    return findToken(this.#tokens, secret)
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  /** Reads the file now instead of at the next interval. */
  async look(): Promise<void> {
    try {
      const text = await readFile(this.#path, 'utf8')
      if (text === this.#text && this.#problem === '') return
      this.#tokens = parseTokens(text)
      this.#text = text
      this.#problem = ''
      log.info(`token file ${this.#path} read again, tokens in force: ${this.#tokens.length}`)
    } catch (error) {
      const { message } = error as Error
      if (message === this.#problem) return
      this.#problem = message
      log.warn(`token file ${this.#path}: ${message}: the tokens that were read before stay in force`)
    }
  }

  #lookLater(): void {
    this.#timer = setTimeout(async () => {
      await this.look()
      if (!this.#closed) this.#lookLater()
    }, INTERVAL).unref()
  }
}
