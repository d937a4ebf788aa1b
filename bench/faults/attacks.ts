import { type ClientHttp2Session, constants } from 'node:http2'
import { connect } from 'node:net'
import { join } from 'node:path'
import { deflateRawSync, gzipSync, constants as zlib } from 'node:zlib'
import { credentials } from '@grpc/grpc-js'
import { ColSumReq, TableClient } from '@table/proto'
import { converse } from '../../apps/server/test/support/fuzz.ts'
import {
  DATA,
  END_HEADERS,
  END_STREAM,
  HEADERS,
  frame as http2Frame,
  literal,
  NEWEST,
  type RawConnection,
  RST_STREAM,
  rawConnection,
  requestHeaders,
  SETTINGS,
  setting,
} from '../../apps/server/test/support/rawHttp2.ts'
import { httpAttacks } from './http.ts'
import {
  framed,
  openCall,
  openDescription,
  openSession,
  openStats,
  openSum,
  openUpload,
  type RawCall,
  tally,
  uploadBytes,
  uploadPrefix,
} from './raw.ts'

export interface Attack {
  /** Describes the attack. */
  what: string
  /** Environment variables of the server. */
  env?: Record<string, string>
  /** Gives the server's data a disk of its own, of this many MiB. */
  disk?: number
  /** Whether the server has TLS and tokens. */
  secured?: boolean
  /** Runs the attack. Resolves to what the attacker saw. `ca`: the authority of a server with TLS. */
  run(port: number, ca?: string): Promise<string>
}

const MB = 1_000_000
const rows = Buffer.from('1\n'.repeat(500_000))
const seconds = (count: number) => new Promise(resolve => setTimeout(resolve, 1000 * count))
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))
const answersOf = async (calls: readonly RawCall[]) =>
  tally(await Promise.all(calls.map(call => call.answer)))

const sumRequest = (column: string, format: string) => ColSumReq.encode({ column, format }).finish()

/**
 * Returns 100 sums whose requests never end, each with `references` copies of one long header. Only the first
 * sum sends the header itself.
 */
function referringSums(references: number): Buffer {
  return Buffer.concat(
    times(100, i => {
      const first = i === 0 ? literal('x', 'a'.repeat(3900), true) : NEWEST
      const headers = [requestHeaders('/Table/ColSum'), first, ...times(references - 1, () => NEWEST)]
      return http2Frame(HEADERS, END_HEADERS, 2 * i + 1, Buffer.concat(headers))
    }),
  )
}

function wholeRequests(count: number, body: Uint8Array, header: Uint8Array = Buffer.alloc(0)): Buffer {
  const headers = Buffer.concat([requestHeaders('/Table/ColSum'), header])
  const request = (stream: number) => [
    http2Frame(HEADERS, END_HEADERS, stream, headers),
    http2Frame(DATA, END_STREAM, stream, body),
  ]
  return Buffer.concat(times(count, i => request(2 * i + 1)).flat())
}

/** Makes `count` items, 20 at once. */
async function inTurns<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = []
  await Promise.all(
    times(20, async () => {
      while (made.length < count) made.push(await make())
    }),
  )
  return made
}

/** Resolves when the server has sent more than its settings, has been silent for 2 s, or has hung up. */
function firstAnswers({ received, closed }: RawConnection): Promise<unknown> {
  const answer = received(({ type }) => type !== SETTINGS).catch(() => {})
  return Promise.race([answer, closed, seconds(2)])
}

/** Says how the streams of the connections ended. */
function endings(connections: readonly RawConnection[]): string {
  const frames = connections.flatMap(connection => connection.frames)
  const count = (kind: number) => frames.filter(({ type }) => type === kind).length
  const closed = connections.filter(({ socket }) => socket.destroyed).length
  return `${count(HEADERS)} answers begun, ${count(RST_STREAM)} streams reset, ${closed} of ${connections.length} connections closed`
}

/** Sends a CSV of 1s. */
async function sendRows(call: RawCall, bytes: number): Promise<string> {
  let open = true
  void call.answer.then(() => {
    open = false
  })
  await call.write(uploadPrefix(bytes))
  await call.write(Buffer.from('x\n'))
  for (let sent = 2; open && sent < bytes; sent += rows.length)
    await call.write(rows.subarray(0, bytes - sent))
  call.end()
  return call.answer
}

/** Sends a message that unpacks to `gigabytes` GB: a gzip header, and blocks that do not refer to earlier ones. */
function sendBomb(session: ClientHttp2Session, gigabytes: number): Promise<string> {
  const block = (bytes: Uint8Array) => deflateRawSync(bytes, { finishFlush: zlib.Z_FULL_FLUSH })
  const start = Buffer.concat([uploadPrefix(gigabytes * 1000 * MB).subarray(5), Buffer.from('x\n')])
  const part = block(Buffer.alloc(100 * MB, '1\n'))
  const header = gzipSync('').subarray(0, 10)
  return sendPacked(session, Buffer.concat([header, block(start), ...times(10 * gigabytes, () => part)]))
}

/** Uploads a message that is packed with gzip. */
async function sendPacked(session: ClientHttp2Session, message: Uint8Array): Promise<string> {
  const prefix = Buffer.alloc(5)
  prefix[0] = 1
  prefix.writeUInt32BE(message.length, 1)
  const call = openUpload(session, { 'grpc-encoding': 'gzip' })
  await call.write(prefix)
  await call.write(message)
  call.end()
  return call.answer
}

async function wholeUpload(session: ClientHttp2Session, csv: Uint8Array | string): Promise<string> {
  const call = openUpload(session)
  await call.write(uploadBytes(csv))
  call.end()
  return call.answer
}

/** Opens a connection with 32 KB of calls on it that are not allowed. */
function openStranger(port: number): ClientHttp2Session {
  const session = openSession(port)
  for (let i = 0; i < 8; i++) openCall(session, '/Table/Nothing', { junk: 'junk'.repeat(1000) }).end()
  return session
}

export const attacks: Record<string, Attack> = {
  nothing: { what: 'nothing, for 5 s', run: () => seconds(5).then(() => 'nothing') },

  fullDisk: {
    what: 'uploads of 60 MB, 8 at once, 24 in all, to a disk of 300 MiB of which 64 MiB are kept back',
    env: { TABLE_KEEP_FREE: '64MiB' },
    disk: 300,
    async run(port) {
      const answers: string[] = []
      await Promise.all(
        times(8, async () => {
          for (let i = 0; i < 3; i++) answers.push(await sendRows(openUpload(openSession(port)), 60 * MB))
        }),
      )
      return tally(answers)
    },
  },

  vanish: {
    what: '500 clients that hang up in the middle of an upload of 10 MB, 20 at once',
    async run(port) {
      await Promise.all(
        times(20, async () => {
          for (let i = 0; i < 25; i++) {
            const session = openSession(port)
            const call = openUpload(session)
            await call.write(uploadPrefix(10 * MB))
            for (let sent = 0; sent < 5; sent++) await call.write(rows)
            session.destroy()
          }
        }),
      )
      return 'nothing'
    },
  },

  trickle: {
    what: '100 uploads that send a byte a second (idle time 5 s)',
    env: { TABLE_IDLE_TIMEOUT: '5' },
    async run(port) {
      const session = openSession(port)
      const calls = times(100, () => openUpload(session))
      for (const call of calls) void call.write(uploadPrefix(10 * MB))
      const timer = setInterval(() => {
        for (const call of calls) void call.write(Buffer.from('1'))
      }, 1000)
      const seen = await answersOf(calls)
      clearInterval(timer)
      return seen
    },
  },

  connections: {
    what: '1,000 connections that send nothing, for 10 s',
    async run(port) {
      let open = 0
      const sockets = times(1000, () => connect(port, '127.0.0.1'))
      for (const socket of sockets) {
        socket.on('error', () => {})
        socket.on('connect', () => open++)
        socket.on('close', () => open--)
        socket.resume()
      }
      await seconds(10)
      return `${open} stay open`
    },
  },

  sessions: {
    what: '3,000 connections with HTTP/2 on them, for 10 s',
    async run(port) {
      let open = 0
      for (const session of times(3000, () => openSession(port))) {
        session.on('connect', () => open++)
        session.on('close', () => open--)
      }
      await seconds(10)
      return `${open} stay open`
    },
  },

  strangers: {
    what: '1,000 connections with 32 KB on each but no call that is admitted, 80 new ones a second, for 10 s, beside 5 slow uploads',
    async run(port) {
      const calls = times(5, () => openUpload(openSession(port)))
      // The server refuses uploads in tiny frames, so that a slow upload sends a whole KiB at a time.
      const rows = Buffer.from('1\n'.repeat(512))
      for (const call of calls) await call.write(uploadPrefix(2 + 100 * rows.length))
      for (const call of calls) await call.write(Buffer.from('x\n'))
      const strangers = times(1000, () => openStranger(port))
      for (let i = 0; i < 100; i++) {
        strangers.push(...times(8, () => openStranger(port)))
        for (const call of calls) await call.write(rows)
        await seconds(0.1)
      }
      for (const call of calls) call.end()
      const seen = await answersOf(calls)
      for (const session of strangers) session.destroy()
      return `the uploads: ${seen}`
    },
  },

  slots: {
    what: '400 uploads, 8 at once, of two csv_data: 600 kB and then 4 bytes',
    async run(port) {
      const [large, small] = [uploadBytes(Buffer.alloc(600_000, 'x\n')), uploadBytes('x\n1\n')]
      const message = Buffer.concat([large, small.subarray(5)])
      message.writeUInt32BE(message.length - 5, 1)
      const answers: string[] = []
      await Promise.all(
        times(8, async () => {
          const session = openSession(port)
          for (let i = 0; i < 50; i++) {
            const call = openUpload(session)
            await call.write(message)
            call.end()
            const late = seconds(10).then(() => 'no answer for 10 s')
            answers.push(await Promise.race([call.answer, late]))
          }
          session.destroy()
        }),
      )
      return tally(answers)
    },
  },

  streams: {
    what: '10,000 half uploads on one connection, for 10 s',
    async run(port) {
      const session = openSession(port)
      const calls = times(10_000, () => openUpload(session))
      for (const call of calls) void call.write(uploadBytes('x\n1\n').subarray(0, 8))
      await seconds(10)
      session.destroy()
      return answersOf(calls)
    },
  },

  manyStreams: {
    what: '10,000 half uploads of 300 kB on 100 connections, for 10 s',
    async run(port) {
      const half = Buffer.concat([uploadPrefix(10 * MB), rows.subarray(0, 300_000)])
      const sessions = times(100, () => openSession(port))
      const calls = sessions.flatMap(session => times(100, () => openUpload(session)))
      for (const call of calls) void call.write(half)
      await seconds(10)
      for (const session of sessions) session.destroy()
      return answersOf(calls)
    },
  },

  hpack: {
    what: 'a header of 3.9 KB, sent once and referred to 15 times in each of 100 half sums, on 400 connections by a stranger, for 15 s',
    secured: true,
    async run(port, ca) {
      const connections = await inTurns(400, async () => {
        const connection = rawConnection(port, { ca })
        connection.socket.write(referringSums(15))
        await firstAnswers(connection)
        return connection
      })
      await seconds(15)
      return endings(connections)
    },
  },

  longHeaders: {
    what: 'as many headers as are allowed in each of 100 half sums, on 1,000 connections, for 15 s',
    async run(port) {
      const connections = await inTurns(1000, async () => {
        const connection = rawConnection(port)
        connection.socket.write(referringSums(2))
        await firstAnswers(connection)
        return connection
      })
      await seconds(15)
      return endings(connections)
    },
  },

  sumBombs: {
    what: '1,000 sums, each 4 KB of gzip that unpacks to a format of 4 MB, by a client that takes no answers, for 10 s',
    async run(port) {
      const packed = framed(gzipSync(sumRequest('x', 'f'.repeat(4 * MB))), 1)
      const connections = times(10, () => rawConnection(port, { first: setting(4, 0) }))
      for (const { socket } of connections)
        socket.write(wholeRequests(100, packed, literal('grpc-encoding', 'gzip')))
      await seconds(10)
      return endings(connections)
    },
  },

  halfSums: {
    what: '10,000 sums of 60 KB on 100 connections that are never sent to their end, for 10 s',
    async run(port) {
      const half = framed(sumRequest('x', 'f'.repeat(60_000))).subarray(0, 60_000)
      const sessions = times(100, () => openSession(port))
      const calls = sessions.flatMap(session => times(100, () => openCall(session, '/Table/ColSum', {})))
      for (const call of calls) void call.write(half)
      await seconds(10)
      for (const session of sessions) session.destroy()
      return answersOf(calls)
    },
  },

  bytes: {
    what: '13 MB, a byte a frame: sums on 10 connections, uploads on 10 more',
    async run(port) {
      const frames = Buffer.concat(times(65_000, () => http2Frame(DATA, 0, 1, Buffer.of(0))))
      const connections = await Promise.all(
        times(20, async i => {
          const connection = rawConnection(port)
          const start = framed(Buffer.alloc(60_000)).subarray(0, 5)
          connection.socket.write(
            Buffer.concat([
              http2Frame(HEADERS, END_HEADERS, 1, requestHeaders(i % 2 ? '/Table/Upload' : '/Table/ColSum')),
              http2Frame(DATA, 0, 1, start),
              frames,
            ]),
          )
          await firstAnswers(connection)
          return connection
        }),
      )
      await seconds(3)
      return endings(connections)
    },
  },

  untaken: {
    what: '100,000 sums on 1,000 connections by clients that take no answers, for 15 s',
    async run(port) {
      const sums = wholeRequests(100, framed(sumRequest('x', 'f'.repeat(1000))))
      const connections = await inTurns(1000, async () => {
        const connection = rawConnection(port, { first: setting(4, 0) })
        connection.socket.write(sums)
        await firstAnswers(connection)
        return connection
      })
      await seconds(15)
      return endings(connections)
    },
  },

  resets: {
    what: 'a rapid reset by 8 clients of another address that come again at once, for 10 s (CVE-2023-44487)',
    async run(port) {
      const rapid = Buffer.concat(
        times(1000, i => [
          http2Frame(HEADERS, END_HEADERS, 2 * i + 1, requestHeaders('/Table/ColSum')),
          http2Frame(RST_STREAM, 0, 2 * i + 1, Buffer.of(0, 0, 0, constants.NGHTTP2_CANCEL)),
        ]).flat(),
      )
      const end = Date.now() + 10_000
      let connections = 0
      let refused = 0
      await Promise.all(
        times(8, async () => {
          while (Date.now() < end) {
            const connection = rawConnection(port, { localAddress: '127.0.0.2' })
            connection.socket.write(rapid)
            await connection.closed
            connections++
            if (connection.frames.length === 0) refused++
          }
        }),
      )
      return `${connections} connections, each ended by the server, ${refused} of them at once`
    },
  },

  deadlines: {
    what: '1,000 uploads of 5 MB, 50 at once, each with a deadline of 1 to 200 ms',
    async run(port) {
      const answers: string[] = []
      await Promise.all(
        times(50, async lane => {
          const session = openSession(port)
          for (let i = 0; i < 20; i++)
            answers.push(
              await sendRows(
                openUpload(session, { 'grpc-timeout': `${1 + ((lane * 20 + i) % 200)}m` }),
                5 * MB,
              ),
            )
        }),
      )
      return tally(answers)
    },
  },

  sums: {
    what: '20,000 sums, 1,000 at once, over 10 connections, cancelled after 20 ms',
    async run(port) {
      const clients = times(
        10,
        () =>
          new TableClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
            'grpc.use_local_subchannel_pool': 1,
          }),
      )
      const answers: string[] = []
      await Promise.all(
        times(1000, async lane => {
          for (let i = 0; i < 20; i++)
            answers.push(
              await new Promise<string>(resolve => {
                const call = clients[lane % 10]?.colSum({ column: 'x', format: 'csv' }, failure =>
                  resolve(failure ? failure.message : 'OK'),
                )
                setTimeout(() => call?.cancel(), 20)
              }),
            )
        }),
      )
      return tally(answers)
    },
  },

  manySums: {
    what: '1,000 sums at once over 5,000 uploads, for 10 s',
    async run(port) {
      const client = new TableClient(`127.0.0.1:${port}`, credentials.createInsecure())
      const csvData = Buffer.from('x\n1\n')
      await Promise.all(
        times(50, async () => {
          for (let i = 0; i < 100; i++)
            await new Promise(resolve => client.upload({ csvData }, (...answer) => resolve(answer)))
        }),
      )
      const sessions = times(10, () => openSession(port))
      const calls = sessions.flatMap(session => times(100, () => openSum(session, 'x')))
      await seconds(10)
      for (const session of sessions) session.destroy()
      return answersOf(calls)
    },
  },

  bomb: {
    what: '4 gzip bombs at once that unpack from 4 MB to 4 GB (largest upload 1 GiB)',
    env: { TABLE_MAX_UPLOAD: '1GiB' },
    run: async port => tally(await Promise.all(times(4, () => sendBomb(openSession(port), 4)))),
  },

  headers: {
    what: '16 uploads at once of a header of 100 MB without an end, and 16 of 1 MB of commas',
    async run(port) {
      const names = Buffer.alloc(100 * MB, 'name,')
      const commas = Buffer.alloc(MB, ',')
      const sessions = times(32, () => openSession(port))
      return tally(
        await Promise.all(sessions.map((session, i) => wholeUpload(session, i < 16 ? names : commas))),
      )
    },
  },

  fields: {
    what: '16 uploads at once of a field of 16 MB, and 16 of a quote that never closes',
    async run(port) {
      const field = Buffer.concat([Buffer.from('t\n'), Buffer.alloc(16 * MB, 'a')])
      const quote = Buffer.concat([Buffer.from('t\n"'), Buffer.alloc(50 * MB, 'a\n')])
      const sessions = times(32, () => openSession(port))
      return tally(
        await Promise.all(sessions.map((session, i) => wholeUpload(session, i < 16 ? field : quote))),
      )
    },
  },

  columns: {
    what: '16 uploads at once of 10,000 columns and 20 MB',
    async run(port) {
      const names = times(10_000, i => `c${i}`).join()
      const row = times(10_000, i => i % 7).join()
      const csv = Buffer.from(`${names}\n${`${row}\n`.repeat(1000)}`)
      const sessions = times(16, () => openSession(port))
      return tally(await Promise.all(sessions.map(session => wholeUpload(session, csv))))
    },
  },

  wide: {
    what: 'tables of 10,000 columns with names of 102 bytes and empty rows, of 100 MB and 287 MB by gzip, full ones of 110 MB and 200 MB; then 8 Parquet sums at once, twice, 8 statistics at once, and what is in the table',
    async run(port) {
      const names = times(10_000, i => `c${i}`.padEnd(102, 'x'))
      const header = `${names.join()}\n`
      const empty = `${','.repeat(9999)}\n`
      const full = `${'1,'.repeat(9999)}1\n`
      const answers: string[] = []
      for (const [row, count] of [
        [empty, 10_000],
        [empty, 28_700],
        [full, 5500], // the footer is nearly as long as is allowed
        [full, 10_000],
      ] as const) {
        const message = uploadBytes(header + row.repeat(count)).subarray(5)
        answers.push(await sendPacked(openSession(port), gzipSync(message, { level: 1 })))
      }
      for (let round = 0; round < 2; round++) {
        const calls = times(8, () => openSum(openSession(port), names[7] as string, 'parquet'))
        answers.push(await answersOf(calls))
      }
      const stats = times(8, () => openStats(openSession(port), names.slice(0, 20), 'parquet'))
      answers.push(await answersOf(stats), await openDescription(openSession(port)).answer)
      return answers.join('; ')
    },
  },

  names: {
    what: '88 uploads of 1 MB of column names each, all different but one, 4 at once; then 8 sums at once of the one, twice',
    async run(port) {
      const answers: string[] = []
      await Promise.all(
        times(4, async lane => {
          for (let i = lane; i < 88; i += 4) {
            const names = times(9999, column => `${i}-${column}-`.padEnd(100, 'n'))
            const csv = `x,${names.join()}\n1${',2'.repeat(9999)}\n`
            answers.push(await wholeUpload(openSession(port), csv))
          }
        }),
      )
      const seen = [tally(answers)]
      for (let round = 0; round < 2; round++)
        seen.push(await answersOf(times(8, () => openSum(openSession(port), 'x', round ? 'csv' : 'parquet'))))
      return seen.join('; ')
    },
  },

  fuzz: {
    what: 'malformed HTTP/2, gRPC and protobuf on 20 connections at a time, for 10 s',
    async run(port) {
      let count = 0
      const end = Date.now() + 10_000
      await Promise.all(
        times(20, async lane => {
          for (let seed = lane; Date.now() < end; seed += 20, count++) await converse(port, seed)
        }),
      )
      return `${count} connections, each ended`
    },
  },

  tooLarge: {
    what: 'a message of 2,000,000,000 bytes (largest upload 1 GiB)',
    env: { TABLE_MAX_UPLOAD: '1GiB' },
    run: port => sendRows(openUpload(openSession(port)), 2_000_000_000),
  },

  large: {
    what: 'a message of 2,000,000,000 bytes',
    run: port => sendRows(openUpload(openSession(port)), 2_000_000_000),
  },

  workers: {
    what: '20 workers in a row that run out of memory while they convert',
    env: { NODE_OPTIONS: `--import ${join(import.meta.dirname, '../../apps/server/test/hooks/exhaust.ts')}` },
    async run(port) {
      const session = openSession(port)
      const answers: string[] = []
      for (let i = 0; i < 20; i++) answers.push(await wholeUpload(session, `exhaust\n${i}\n`))
      return tally(answers)
    },
  },

  ...httpAttacks,
}
