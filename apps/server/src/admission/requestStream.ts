import type { Readable } from 'node:stream'
import { ServiceError } from '@table/table'

/** How many chunks of up to 64 KiB may wait before the stream is paused. */
const MAX_WAITING = 4

/**
 * Yields the chunks of a request as they arrive. Throws `cancelled` if the stream fails or closes before its
 * end, or once `signal` is aborted. When the caller stops early, the stream is paused but stays open: the status that refuses the request
 * has to go out on it. Whoever aborts decides alone whether the stream goes on. Node's own iterator would destroy the stream, and makes
 * several promises for each chunk.
 */
export async function* chunksOf(stream: Readable, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const waiting: Uint8Array[] = []
  let ended = stream.readableEnded
  let failure = stream.destroyed && !ended ? closedEarly() : undefined
  let wake = () => {}
  const onData = (chunk: Uint8Array) => {
    waiting.push(chunk)
    if (waiting.length >= MAX_WAITING) stream.pause()
    wake()
  }
  const onEnd = () => {
    ended = true
    wake()
  }
  const onError = (error: Error) => {
    failure ??= error
    wake()
  }
  const onClose = () => {
    if (!ended) onError(closedEarly())
  }
  const stop = () => {
    signal?.removeEventListener('abort', onAbort)
    stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose)
  }
  const onAbort = () => {
    stop() // also if nobody asks for another chunk
    onError(signal?.reason)
  }
  stream.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose)
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) onAbort()
  try {
    for (;;) {
      for (let chunk = waiting.shift(); chunk && !signal?.aborted; chunk = waiting.shift()) yield chunk
      if (failure) throw new ServiceError('cancelled', 'the client went away', { cause: failure })
      if (ended) return
      const woken = new Promise<void>(resolve => {
        wake = resolve
      })
      stream.resume()
      await woken
    }
  } finally {
    if (!signal?.aborted) stream.pause()
    stop()
  }
}

function closedEarly(): Error {
  return new Error('the stream was closed before its end')
}
