import type { ServerHttp2Session } from 'node:http2'

// How many bytes a connection may send before the server confirms them. HTTP/2's default of 64 KiB would
// limit the rate to 64 KiB per round trip. Bytes under way take memory here too, so that each connection gets
// less when there are many.
const MOST_BYTES = 2 ** 20
const LEAST_BYTES = 3 * 2 ** 17
const SHARED_BYTES = 2 ** 21

/**
 * The largest HTTP/2 frame. Node reads 64 KiB at a time, and would hand them on in four pieces with the
 * default of 16 KiB.
 */
const FRAME_BYTES = 2 ** 16

/** The open connections that have uploaded. */
const widened = new Set<ServerHttp2Session>()

/**
 * Lets a connection upload as fast as it can. Both windows are widened, because a stream stalls when its
 * connection's window is full.
 */
export function widenWindow(session: ServerHttp2Session | undefined): void {
  if (!session || session.destroyed || widened.has(session)) return
  widened.add(session)
  session.once('close', () => widened.delete(session))
  const share = Math.floor(SHARED_BYTES / widened.size)
  const bytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, share))
  session.settings({ initialWindowSize: bytes, maxFrameSize: FRAME_BYTES })
  session.setLocalWindowSize(bytes)
}
