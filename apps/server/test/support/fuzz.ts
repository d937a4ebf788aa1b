// Makes conversations from a seed that no real client would have.
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { DATA, END_HEADERS, END_STREAM, frame, HEADERS, PREFACE, SETTINGS } from './rawHttp2.ts'

type Random = (below: number) => number

/**
 * Sends the conversation of `seed` to a server, hangs up, and resolves when the connection is closed. Most
 * conversations are a valid upload with changes: bits, frames, lengths, the message.
 */
export function converse(port: number, seed: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.end(conversation(seed))
  return new Promise(resolve => socket.resume().on('close', () => resolve()))
}

function conversation(seed: number): Buffer {
  const random = generator(seed)
  switch (random(5)) {
    case 0:
      return noise(random, 300)
    case 1:
      return Buffer.concat([
        PREFACE,
        frame(SETTINGS, 0, 0),
        ...repeated(1 + random(20), () => anyFrame(random)),
      ])
    case 2:
      return damaged(random, upload(random, message(random)))
    case 3:
      return upload(random, damaged(random, message(random)))
    default:
      return shuffled(random, upload(random, message(random)))
  }
}

/** Returns whole uploads, each on a stream of its own. */
function upload(random: Random, body: Buffer): Buffer {
  const calls = repeated(1 + random(3), i => {
    const stream = 2 * i + 1
    const cut = random(body.length + 1)
    return Buffer.concat([
      frame(HEADERS, END_HEADERS, stream, headers(random)),
      frame(DATA, 0, stream, body.subarray(0, cut)),
      frame(DATA, END_STREAM, stream, body.subarray(cut)),
    ])
  })
  return Buffer.concat([PREFACE, frame(SETTINGS, 0, 0), ...calls])
}

/** Returns an UploadReq or ColSumReq in its frame, plain or packed. */
function message(random: Random): Buffer {
  const csv = ['x\n1\n', 'x,y\n"a\nb",2\n', '', 'x\n"', noise(random, 100)][random(5)] as string
  const field = Buffer.concat([Buffer.from([0x0a, Buffer.byteLength(csv)]), Buffer.from(csv)])
  const packed = random(4) === 0
  const content = packed ? gzipSync(field) : field
  const prefix = Buffer.from([packed ? 1 : 0, 0, 0, 0, content.length])
  return Buffer.concat([prefix, content])
}

/** Returns HPACK headers without HPACK's tables: each name and value after its length. */
function headers(random: Random): Buffer {
  const pairs: [string, string][] = [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', ['/Table/Upload', '/Table/ColSum', '/Table/No', ''][random(4)] as string],
    [':authority', 'localhost'],
    ['content-type', ['application/grpc', 'text/plain'][Number(random(10) === 0)] as string],
    ['te', 'trailers'],
  ]
  if (random(3) === 0) pairs.push(['grpc-encoding', ['gzip', 'deflate', 'zip'][random(3)] as string])
  if (random(3) === 0)
    pairs.push(['grpc-timeout', ['1n', '0m', '-1S', '1000H', '99999999999H', 'x'][random(6)] as string])
  if (random(5) === 0) pairs.splice(random(pairs.length), 1)
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
  return Buffer.concat(
    pairs.map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)])),
  )
}

function anyFrame(random: Random): Buffer {
  return frame(random(12), random(256), random(3) === 0 ? random(2 ** 31) : random(8), noise(random, 40))
}

/** Changes, inserts or removes some bytes. */
function damaged(random: Random, bytes: Buffer): Buffer {
  const changed = [...bytes]
  for (let n = 1 + random(4); n > 0 && changed.length > 0; n--)
    changed.splice(random(changed.length), random(2), ...repeated(random(3), () => random(256)))
  return Buffer.from(changed)
}

/** Cuts the bytes into pieces and sends the pieces in random order, some of them twice or not at all. */
function shuffled(random: Random, bytes: Buffer): Buffer {
  const cuts = repeated(6, () => random(bytes.length)).sort((a, b) => a - b)
  const pieces = [0, ...cuts].map((start, i) => bytes.subarray(start, cuts[i]))
  return Buffer.concat([PREFACE, ...repeated(8, () => pieces[random(pieces.length)] as Buffer)])
}

function noise(random: Random, length: number): Buffer {
  return Buffer.from(repeated(random(length), () => random(256)))
}

function repeated<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

/** Mulberry32. */
function generator(seed: number): Random {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
