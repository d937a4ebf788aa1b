import type { ServerHttp2Session } from 'node:http2'

// Bytes that a connection may send before it hears from us. With HTTP/2's 64 KiB one round trip limits the rate. What is under way
// is in memory here as well, and the more of it the later it is garbage: with many connections each gets less.
const MOST_BYTES = 2 ** 20
const LEAST_BYTES = 3 * 2 ** 17
const SHARED_BYTES = 2 ** 21

/** The largest HTTP/2 frame. As large as what Node reads at a time: with the usual 16 KiB it hands on four pieces of it. */
const FRAME_BYTES = 2 ** 16

/** The open connections that have uploaded. */
const widened = new Set<ServerHttp2Session>()

/** Lets a connection upload as fast as it can. Both windows: a stream's alone stalls against the connection's. */
export function widenWindow(session: ServerHttp2Session | undefined): void {
  if (!session || session.destroyed || widened.has(session)) return
  widened.add(session)
  session.once('close', () => widened.delete(session))
  const share = Math.floor(SHARED_BYTES / widened.size)
  const bytes = Math.min(MOST_BYTES, Math.max(LEAST_BYTES, share))
  session.settings({ initialWindowSize: bytes, maxFrameSize: FRAME_BYTES })
  session.setLocalWindowSize(bytes)
}
