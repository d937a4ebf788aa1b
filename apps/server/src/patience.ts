import { status } from '@grpc/grpc-js'
import { StatusError } from './errors.ts'

/** A client that sends less than this in its idle time is as good as silent. */
const IDLE_BYTES = 16 * 1024

/**
 * The chunks that a client sends. Throws DEADLINE_EXCEEDED when it has been waited for longer than `limit` seconds for
 * the next `IDLE_BYTES`; the time that the reader takes does not count.
 */
export async function* patiently(
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]()
  let patience = 1000 * limit
  let bytes = 0
  for (;;) {
    const start = performance.now()
    const next = await within(patience, iterator.next(), () => idle(bytes, limit))
    if (next.done) return
    patience -= performance.now() - start
    bytes += next.value.length
    if (bytes >= IDLE_BYTES) {
      bytes = 0
      patience = 1000 * limit
    }
    yield next.value
  }
}

function idle(bytes: number, limit: number): StatusError {
  return new StatusError(
    status.DEADLINE_EXCEEDED,
    `waited for ${limit} s for the client, which sent ${bytes} bytes in that time, at least ${IDLE_BYTES} are expected`,
  )
}

/** `work`, or what `late` makes if that is not done within `limit` ms. */
function within<T>(limit: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), limit)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
