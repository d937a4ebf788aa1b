// HTTP/2 as no gRPC library would speak it.
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2'
import { status } from '@grpc/grpc-js'
import { ColSumReq, StatsReq, UploadResp } from '@table/proto'

export interface RawCall {
  /** Resolves when the bytes have left this process, or the call is over. */
  write(bytes: Uint8Array): Promise<void>
  end(): void
  cancel(): void
  /** One line: the status and its message, or how the call ended without a status. */
  answer: Promise<string>
}

export function openSession(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`, { maxSessionMemory: 1000 })
  session.on('error', () => {})
  return session
}

export function openUpload(session: ClientHttp2Session, headers: Record<string, string> = {}): RawCall {
  return openCall(session, '/Table/Upload', headers)
}

/**
 * Uploads once over a connection of its own. Resolves to the answer, or to `hung up` once everything is sent
 * if `hangUp` is set.
 */
export async function attemptUpload(
  port: number,
  csv: Uint8Array,
  headers: Record<string, string>,
  hangUp = false,
): Promise<string> {
  const session = openSession(port)
  const call = openUpload(session, headers)
  await call.write(uploadBytes(csv))
  call.end()
  const answer = hangUp ? 'hung up' : await call.answer
  session.destroy()
  return answer
}

export function openSum(session: ClientHttp2Session, column: string, format = 'csv'): RawCall {
  return openQuestion(session, '/Table/ColSum', ColSumReq.encode({ column, format }).finish())
}

export function openStats(session: ClientHttp2Session, columns: string[], format: string): RawCall {
  return openQuestion(session, '/Table/Stats', StatsReq.encode({ columns, format }).finish())
}

export function openDescription(session: ClientHttp2Session): RawCall {
  return openQuestion(session, '/Table/Describe', new Uint8Array())
}

function openQuestion(session: ClientHttp2Session, path: string, message: Uint8Array): RawCall {
  const call = openCall(session, path, {})
  void call.write(framed(message))
  call.end()
  return call
}

export function openCall(
  session: ClientHttp2Session,
  path: string,
  headers: Record<string, string>,
): RawCall {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  })
  stream.on('error', () => {})
  const response: Buffer[] = []
  stream.on('data', bytes => response.push(bytes))
  const answer = new Promise<string>(resolve => {
    const take = (trailers: IncomingHttpHeaders) => {
      const code = trailers['grpc-status']
      if (code === undefined) return
      const message = decodeURIComponent(String(trailers['grpc-message'] ?? ''))
      if (Number(code) !== 0) return resolve(`${status[Number(code)]}: ${message}`)
      const { error } = UploadResp.decode(Buffer.concat(response).subarray(5))
      resolve(error ? `error: ${error}` : 'OK')
    }
    stream.on('response', take)
    stream.on('trailers', take)
    stream.on('close', () => resolve(`no status, HTTP/2 error ${stream.rstCode}`))
  })
  return {
    write: bytes =>
      new Promise(resolve => {
        if (stream.destroyed) return resolve()
        stream.once('close', resolve)
        stream.write(bytes, () => {
          stream.off('close', resolve)
          resolve()
        })
      }),
    end: () => stream.end(),
    cancel: () => stream.close(8),
    answer,
  }
}

/** Puts gRPC's prefix before a message. */
export function framed(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = flag
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** Returns what comes before an upload's CSV of `csvBytes` bytes: gRPC's prefix, and the field's tag and length. */
export function uploadPrefix(csvBytes: number): Buffer {
  const length: number[] = []
  let rest = csvBytes
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) length.push((rest % 128) | 0x80)
  const field = Buffer.from([0x0a, ...length, rest])
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(field.length + csvBytes, 1)
  return Buffer.concat([prefix, field])
}

export function uploadBytes(csv: string | Uint8Array): Buffer {
  const bytes = Buffer.from(csv)
  return Buffer.concat([uploadPrefix(bytes.length), bytes])
}

/**
 * Counts answers: `20 x OK, 3 x RESOURCE_EXHAUSTED: ...`, the most frequent first. Answers that differ only
 * in their numbers are counted together.
 */
export function tally(answers: readonly string[]): string {
  const counts = new Map<string, { count: number; example: string }>()
  for (const answer of answers) {
    const kind = answer.replaceAll(/\d+/g, '#')
    const { count = 0, example = answer } = counts.get(kind) ?? {}
    counts.set(kind, { count: count + 1, example })
  }
  const sorted = [...counts.values()].sort((a, b) => b.count - a.count)
  return sorted.map(({ count, example }) => (count > 1 ? `${count} x ${example}` : example)).join('; ')
}
