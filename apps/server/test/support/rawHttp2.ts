// HTTP/2 frame by frame, as no library would send it: https://www.rfc-editor.org/rfc/rfc9113#section-4.1
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
export const [DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY] = [0, 1, 3, 4, 6, 7]
export const [END_STREAM, ACK, END_HEADERS] = [1, 1, 4]

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Returns SETTINGS with one value. The id 4 is the initial window size. */
export function setting(id: number, value: number): Buffer {
  const payload = Buffer.alloc(6)
  payload.writeUInt16BE(id, 0)
  payload.writeUInt32BE(value, 2)
  return frame(SETTINGS, 0, 0, payload)
}

/** Returns a literal header. With `indexed` the peer keeps the header as the newest entry of its table. */
export function literal(name: string, value: string, indexed = false): Buffer {
  return Buffer.concat([Buffer.of(indexed ? 0x40 : 0), text(name), text(value)])
}

/** Refers to the newest entry of the table. */
export const NEWEST = Buffer.of(0x80 | 62)

/** Returns the headers that every gRPC request begins with. */
export function requestHeaders(path: string): Buffer {
  const pairs: [string, string][] = [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', 'localhost'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ]
  return Buffer.concat(pairs.map(([name, value]) => literal(name, value)))
}

function text(value: string): Buffer {
  const { length } = value
  const bytes: number[] = []
  if (length < 127) bytes.push(length)
  else {
    let rest = length - 127
    bytes.push(127)
    for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128)
    bytes.push(rest)
  }
  return Buffer.concat([Buffer.from(bytes), Buffer.from(value)])
}

export interface Frame {
  type: number
  flags: number
  stream: number
  payload: Buffer
}

export interface RawConnection {
  socket: Socket
  /** The frames that the server has sent so far. */
  frames: Frame[]
  /** Resolves to the first frame that fits. Rejects when the connection ends without such a frame. */
  received(fits: (frame: Frame) => boolean): Promise<Frame>
  closed: Promise<void>
}

/** Opens a connection that has sent its preface and the given frames. */
export function rawConnection(
  port: number,
  { first = frame(SETTINGS, 0, 0), ca, localAddress = '127.0.0.1' }: RawOptions = {},
): RawConnection {
  const socket = ca
    ? connectTls({ host: '127.0.0.1', port, ca, ALPNProtocols: ['h2'] })
    : connect({ host: '127.0.0.1', port, localAddress })
  const frames: Frame[] = []
  const waiting = new Set<() => void>()
  let rest = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', bytes => {
    rest = Buffer.concat([rest, bytes])
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3)
      const [type = 0, flags = 0] = rest.subarray(3, 5)
      frames.push({ type, flags, stream: rest.readUInt32BE(5), payload: rest.subarray(9, end) })
      rest = rest.subarray(end)
    }
    for (const look of waiting) look()
  })
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  socket.write(Buffer.concat([PREFACE, first]))
  return {
    socket,
    frames,
    closed,
    received: fits =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = frames.find(fits)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        void closed.then(() => reject(new Error(`the connection was closed after ${frames.length} frames`)))
        look()
      }),
  }
}

interface RawOptions {
  /** The frames after the preface. */
  first?: Buffer
  /** The authority of a server with TLS. */
  ca?: string | undefined
  localAddress?: string
}
