import { randomInt } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

/** The ms after which a client turns to another server. */
const PATIENCE = 20_000

/** The servers of a cluster, as clients see them: one after the other until one answers. */
export class Servers {
  readonly #ports: readonly number[]
  /** Why servers did not answer, and how often: a test that hangs says so. */
  readonly refusals = new Map<string, number>()

  constructor(ports: readonly number[]) {
    this.#ports = ports
  }

  /** Uploads under the id until a server acknowledges it. Returns the number of the upload. */
  async upload(uploadId: string, csv: string): Promise<number> {
    for (;;) {
      const answer = await this.#ask(`uploads/${uploadId}`, { method: 'PUT', body: csv })
      if (answer) return answer.id
      await pause(randomInt(200))
    }
  }

  /** Asks one server for a sum. Returns undefined if the server cannot answer now. */
  async sum(column: string, format: string): Promise<bigint | undefined> {
    const answer = await this.#ask(`columns/${column}/sum?format=${format}`, {})
    return answer && BigInt(answer.total)
  }

  /** Returns undefined if a server cannot be reached or cannot answer now; rejects on an answer that is wrong whatever happens. */
  async #ask(path: string, request: RequestInit) {
    const port = this.#ports[randomInt(this.#ports.length)]
    let answer: Response
    let text: string
    try {
      answer = await fetch(`http://127.0.0.1:${port}/${path}`, {
        ...request,
        signal: AbortSignal.timeout(PATIENCE),
      })
      text = await answer.text()
    } catch (error) {
      return this.#refused(`${port}: ${error}`)
    }
    if (answer.ok) return JSON.parse(text)
    if (answer.status === 503 || answer.status === 408 || answer.status === 504)
      return this.#refused(`${port}: ${answer.status} ${text}`)
    throw new Error(`${path}: ${answer.status} ${text}`)
  }

  #refused(why: string): undefined {
    this.refusals.set(why, (this.refusals.get(why) ?? 0) + 1)
  }
}
