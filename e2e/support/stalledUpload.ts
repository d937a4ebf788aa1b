import { once } from 'node:events'
import { connect } from 'node:http2'

/** An upload that stops in the middle of its message, so that the server waits for the rest. */
export interface StalledUpload {
  /** Sends the rest. Resolves to the response's bytes. */
  finish(): Promise<Buffer>
}

/** Sends the first half of an upload of `csv`. */
export async function stallUpload(port: number, csv: string): Promise<StalledUpload> {
  const session = connect(`http://localhost:${port}`)
  const stream = session.request({
    ':method': 'POST',
    ':path': '/Table/Upload',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  const message = grpcMessage(Buffer.from(csv))
  const half = message.length / 2
  await new Promise(resolve => stream.write(message.subarray(0, half), resolve))
  // A reply to a ping that was sent after the first half proves that the server has received the half.
  await new Promise(resolve => session.ping(resolve))
  return {
    async finish() {
      const parts: Buffer[] = []
      stream.on('data', bytes => parts.push(bytes))
      stream.end(message.subarray(half))
      await once(stream, 'close')
      session.close()
      return Buffer.concat(parts)
    },
  }
}

/** Returns the gRPC frame around an UploadReq with the field csv_data: its tag, its length as a varint, its bytes. */
function grpcMessage(csv: Buffer): Buffer {
  const length: number[] = []
  let rest = csv.length
  for (; rest > 0x7f; rest >>= 7) length.push((rest & 0x7f) | 0x80)
  const message = Buffer.concat([Buffer.from([0x0a, ...length, rest]), csv])
  const frame = Buffer.alloc(5)
  frame.writeUInt32BE(message.length, 1)
  return Buffer.concat([frame, message])
}
