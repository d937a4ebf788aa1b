import { type ClientHttp2Session, type ClientHttp2Stream, sensitiveHeaders } from 'node:http2'
import type { Target } from './target.ts'

/** Begins a gRPC call. The caller writes the message. */
export function startCall(
  session: ClientHttp2Session,
  { token }: Target,
  path: string,
  metadata: Record<string, string> = {},
): ClientHttp2Stream {
  return session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
    'user-agent': 'table-cli',
    ...metadata,
    ...(token !== undefined && { authorization: `Bearer ${token}`, [sensitiveHeaders]: ['authorization'] }),
  })
}

/** Returns gRPC's prefix of an uncompressed message of `length` bytes. */
export function framePrefix(length: number): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(length, 1)
  return prefix
}
