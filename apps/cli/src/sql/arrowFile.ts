import { setImmediate as turn } from 'node:timers/promises'
import { RecordBatchFileWriter } from 'apache-arrow'
import type { Result } from './query.ts'

/** Yields an Arrow IPC file, which other programs can open at any batch. One batch is in memory. */
export async function* arrowFile({ batches }: Result): AsyncGenerator<Uint8Array> {
  const writer = new RecordBatchFileWriter()
  const bytes: AsyncIterator<Uint8Array> = writer[Symbol.asyncIterator]()
  let next = bytes.next()
  for await (const batch of batches) {
    writer.write(batch)
    // The writer has no limit to what it holds: take everything out before it gets the next batch.
    for (;;) {
      const ready = await Promise.race([next, turn()])
      if (!ready) break
      yield ready.value
      next = bytes.next()
    }
  }
  writer.close()
  for (let chunk = await next; !chunk.done; chunk = await bytes.next()) yield chunk.value
}
