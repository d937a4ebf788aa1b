import { ServiceError } from '@table/table'

/** A client that sends fewer bytes than this within the idle time counts as silent. */
const IDLE_BYTES = 16 * 1024
/** How long a client is waited for when there are too many uploads, in ms. */
const BUSY_LIMIT = 1000

interface Wait {
  /** The start of the wait for the next `IDLE_BYTES`, moved forward by the time that our reader has spent since. */
  since: number
  end: (reason: ServiceError) => void
}

/** Knows which clients the server is waiting for, and for how long. */
export class IdleTimeout {
  readonly #limit: number
  readonly #waits = new Set<Wait>()

  /** `limit`: how long a client is waited for, in seconds. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * Yields the chunks that a client sends. Time that our reader spends does not count against the client.
   * Throws `too-slow` if the client does not send `IDLE_BYTES` within the limit.
   */
  async *read(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = chunks[Symbol.asyncIterator]()
    let waited = 0
    let bytes = 0
    try {
      for (;;) {
        const since = performance.now() - waited
        const next = await this.#wait(iterator.next(), since, bytes)
        if (next.done) return
        waited = performance.now() - since
        bytes += next.value.length
        if (bytes >= IDLE_BYTES) bytes = waited = 0
        yield next.value
      }
    } finally {
      // Not awaited: chunks that are waited for may never come.
      iterator.return?.().catch(() => {})
    }
  }

  /**
   * Gives up the client that has kept the server waiting the longest, if that is longer than `BUSY_LIMIT`.
   * Returns whether a client was given up.
   */
  giveUpSlowest(): boolean {
    const [slowest] = [...this.#waits].sort((a, b) => a.since - b.since)
    if (!slowest || performance.now() - slowest.since < BUSY_LIMIT) return false
    this.#waits.delete(slowest)
    slowest.end(
      new ServiceError(
        'unavailable',
        'the server is busy and gave up this request because its body was the slowest',
      ),
    )
    return true
  }

  #wait<T>(arriving: Promise<T>, since: number, bytes: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const wait: Wait = { since, end: reject }
      const late = () => reject(tooSlow(this.#limit, bytes))
      const timer = setTimeout(late, since + 1000 * this.#limit - performance.now())
      this.#waits.add(wait)
      arriving.then(resolve, reject).finally(() => {
        clearTimeout(timer)
        this.#waits.delete(wait)
      })
    })
  }
}

function tooSlow(limit: number, bytes: number): ServiceError {
  return new ServiceError(
    'too-slow',
    `waited for ${limit} s for the client, which sent ${bytes} bytes in that time, at least ${IDLE_BYTES} are expected`,
  )
}
