import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * How long to go on reading a body that was refused, in ms. A client that still sends would otherwise find
 * its connection reset, and never read why.
 */
const LINGER = 5000

/** Sends the end of an answer while the client still sends its request, and ends the connection after a while. */
export function endWhileReading(request: IncomingMessage, response: ServerResponse, last?: Uint8Array): void {
  if (last) response.write(last)
  else response.flushHeaders()
  const end = () => {
    clearTimeout(late)
    response.end()
  }
  const late = setTimeout(end, LINGER)
  request.once('end', end).once('close', end).resume()
}
