import { log } from '@table/storage'
import type { Cluster } from './cluster.ts'

/** How long a part may take to answer, in ms. */
const LIMIT = 3000
/** For how long an answer counts, in ms: those who ask often cost the parts nothing. */
const FRESH = 1000

/** Knows whether all parts of a cluster answer. Says in the log which of them stops to, and when it answers again. */
export class Readiness {
  readonly #parts: Record<string, (signal: AbortSignal) => Promise<unknown>>
  readonly #silent = new Set<string>()
  #last: { at: number; answer: Promise<boolean> } | undefined

  constructor({
    database,
    uploads,
    objects,
    engine,
  }: Pick<Cluster, 'database' | 'uploads' | 'objects' | 'engine'>) {
    this.#parts = {
      'the catalogue': async signal => {
        await database.rows('SELECT FROM head', [], signal)
        await uploads.refresh()
      },
      'the object store': signal => objects.head('deployment', signal),
      ...(engine && { 'the engine': signal => engine.version(signal) }),
    }
  }

  isReady(): Promise<boolean> {
    if (!this.#last || performance.now() - this.#last.at > FRESH)
      this.#last = { at: performance.now(), answer: this.#ask() }
    return this.#last.answer
  }

  async #ask(): Promise<boolean> {
    const answers = await Promise.all(
      Object.entries(this.#parts).map(([name, ask]) => this.#answers(name, ask)),
    )
    return answers.every(Boolean)
  }

  async #answers(name: string, ask: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
    const signal = AbortSignal.timeout(LIMIT)
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error(`no answer within ${LIMIT / 1000} s`)))
    })
    try {
      const asked = ask(signal)
      asked.catch(() => {})
      await Promise.race([asked, late])
      if (this.#silent.delete(name)) log.info(`${name} answers again`)
      return true
    } catch (error) {
      if (!this.#silent.has(name)) log.error(`${name} does not answer: ${(error as Error).message}`)
      this.#silent.add(name)
      return false
    }
  }
}
