import { type ClientHttp2Session, constants } from 'node:http2'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { credentials } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'
import { converse } from '../../apps/server/test/fuzz.ts'
import { openSession, openSum, openUpload, type RawCall, tally, uploadBytes, uploadPrefix } from './raw.ts'

export interface Attack {
  /** What is done. */
  what: string
  /** Of the server. */
  env?: Record<string, string>
  /** MiB of a disk of its own for the server's data. */
  disk?: number
  /** Resolves with what the attacker saw. */
  run(port: number): Promise<string>
}

const MB = 1_000_000
const rows = Buffer.from('1\n'.repeat(500_000))
const seconds = (count: number) => new Promise(resolve => setTimeout(resolve, 1000 * count))
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))
const answersOf = async (calls: readonly RawCall[]) =>
  tally(await Promise.all(calls.map(call => call.answer)))

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

/** Unpacks to `gigabytes`. A gzip file may have many parts. */
async function sendBomb(session: ClientHttp2Session, gigabytes: number): Promise<string> {
  const start = gzipSync(Buffer.concat([uploadPrefix(gigabytes * 1000 * MB).subarray(5), Buffer.from('x\n')]))
  const part = gzipSync(Buffer.alloc(100 * MB, '1\n'))
  const message = Buffer.concat([start, ...times(10 * gigabytes, () => part)])
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

  resets: {
    what: 'a rapid reset: 200,000 streams that are opened and reset at once (CVE-2023-44487)',
    async run(port) {
      let session = openSession(port)
      let sessions = 1
      for (let i = 0; i < 2000; i++) {
        if (session.destroyed || session.closed) {
          session = openSession(port)
          sessions++
        }
        for (let k = 0; k < 100 && !session.destroyed && !session.closed; k++) {
          const stream = session.request({
            ':method': 'POST',
            ':path': '/Table/Upload',
            'content-type': 'application/grpc',
          })
          stream.on('error', () => {})
          stream.close(constants.NGHTTP2_CANCEL)
        }
        await new Promise(setImmediate)
      }
      return `${sessions} connections, each ended by the server`
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
}
