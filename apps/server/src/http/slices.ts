import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { SLICE } from '../admission/protocols.ts'
import { countPieces } from '../admission/tinyPieces.ts'

/** The most within a body whose length is not known. */
const CHUNKED_SLICE = 16 * 1024

/**
 * Hands what arrives on in slices. Node makes a request and a response of everything that it parses before it
 * notices that the connection was closed: 64 KiB have room for 1,300 requests, which take 4 MB. A body is not
 * cut. `current`: the request that the client is sending, or sent last. `untilEnd` resolves when the parser may learn that the client has
 * ended its side: then it ends ours, whatever is under way.
 */
export function slice(
  socket: Socket,
  current: () => IncomingMessage | undefined,
  untilEnd: () => Promise<void>,
): void {
  const push = socket.push.bind(socket)
  socket.push = (chunk: Uint8Array | null) => {
    if (chunk === null) {
      void untilEnd().then(() => push(null))
      return false
    }
    let hasRoom = true
    // After the last answer nobody wants to know what else arrives.
    for (let at = 0; at < chunk.length && !socket.destroyed && !socket.writableEnded; ) {
      const end = at + Math.max(SLICE, bodyLeft(current()))
      hasRoom = push(chunk.subarray(at, end))
      at = end
    }
    return hasRoom
  }
  // Node parses the bytes of a connection without showing them, unless somebody wants to see them.
  socket.on('data', () => {})
}

/** Returns how many bytes of the request's body are still to come, at least. */
function bodyLeft(request: IncomingMessage | undefined): number {
  if (!request || request.complete) return 0
  const length = request.headers['content-length']
  return length === undefined ? CHUNKED_SLICE : Number(length) - countPieces(request).bytes
}
