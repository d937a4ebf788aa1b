import { Arrival } from './arrival.ts'
import { createSpool, spoolParts } from './spool.ts'

/** An upload of at least this many bytes is worked on while it arrives. */
const LARGE_BYTES = 512 * 1024

/** An upload that has arrived. */
export interface Received<T> {
  /** The upload, if it is so small that there is no file. */
  held: Uint8Array | undefined
  /** What the work on it came to; undefined if there was none, or the work has to be done now. */
  attempt: Promise<T | undefined>
}

/**
 * Receives an upload into the file `incoming/<id>.csv` of a directory. `meanwhile` works on a large one while it arrives, and may resolve to
 * undefined if that is not possible.
 */
export async function receive<T>(
  parts: AsyncIterable<Uint8Array | symbol>,
  { directory, id }: { directory: string; id: number },
  meanwhile: (arrival: Arrival) => Promise<T | undefined>,
): Promise<Received<T>> {
  let attempt: Promise<T | undefined> = Promise.resolve(undefined)
  const work = async (arrival: Arrival) =>
    (await arrival.reached(LARGE_BYTES)) ? meanwhile(arrival) : undefined
  const { held } = await spoolParts(parts, () => {
    const arrival = new Arrival()
    attempt = attempt.then(() => work(arrival))
    attempt.catch(() => {}) // the caller awaits the attempt, once everything has arrived
    return createSpool(directory, id, arrival)
  })
  return { held, attempt }
}
