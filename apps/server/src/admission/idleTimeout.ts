import { ServiceError } from '../service/errors.ts'

/** A client that sends less than this in its idle time is as good as silent. */
const IDLE_BYTES = 16 * 1024
/** When there are too many others, a client is waited for so long, in ms. */
const BUSY_LIMIT = 1000

interface Wait {
  /** When its client has last sent `IDLE_BYTES`, were it not for the time that the reader has taken since. */
  since: number
  end: (reason: ServiceError) => void
}

/** The clients that are waited for. */
export class IdleTimeout {
  readonly #limit: number
  readonly #waits = new Set<Wait>()

  /** `limit`: how long a client is waited for, in seconds. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * The chunks that a client sends. Throws `too-slow` when it has been waited for too long for the next
   * `IDLE_BYTES`; the time that the reader takes does not count.
   */
  async *read(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const iterator = chunks[Symbol.asyncIterator]()
    let waited = 0
    let bytes = 0
    for (;;) {
      const since = performance.now() - waited
      const next = await this.#wait(iterator.next(), since, bytes)
      if (next.done) return
      waited = performance.now() - since
      bytes += next.value.length
      if (bytes >= IDLE_BYTES) bytes = waited = 0
      yield next.value
    }
  }

  /** Ends the wait for the client that has let us wait the longest, if that is long. Returns whether it is. */
  giveUpSlowest(): boolean {
    const [slowest] = [...this.#waits].sort((a, b) => a.since - b.since)
    if (!slowest || performance.now() - slowest.since < BUSY_LIMIT) return false
    this.#waits.delete(slowest)
    slowest.end(
      new ServiceError('unavailable', 'the server is busy and gave up the upload that was the slowest'),
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
