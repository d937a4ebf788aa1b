// Attacks over HTTP/1.1.
import { gzipSync } from 'node:zlib'
import { type RawConnection, rawConnection } from '../../apps/server/test/support/rawHttp1.ts'
import type { Attack } from './attacks.ts'
import { tally } from './raw.ts'

const MB = 1_000_000
const HOST = 'Host: localhost\r\n'
const CHUNKED = 'Transfer-Encoding: chunked\r\n'
const SUM = `GET /columns/x/sum HTTP/1.1\r\n${HOST}\r\n`

const seconds = (count: number) => new Promise(resolve => setTimeout(resolve, 1000 * count))
const times = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i))
const post = (headers: string) => `POST /uploads HTTP/1.1\r\n${HOST}${headers}\r\n`

/** Opens connections, and counts those that the server has not closed. */
function open(port: number, count: number): { connections: RawConnection[]; left: () => string } {
  const connections = times(count, () => rawConnection({ port }))
  let closed = 0
  for (const connection of connections) void connection.closed.then(() => closed++)
  return { connections, left: () => `${count - closed} of ${count} connections stay open` }
}

/** Writes the same to each connection every second, for 15 s. */
async function trickle(connections: readonly RawConnection[], text: string): Promise<void> {
  for (let i = 0; i < 15; i++) {
    for (const connection of connections) connection.write(text)
    await seconds(1)
  }
}

/** Resolves to a line for each connection: its first status, and how many answers it got. */
async function answersOf(connections: readonly RawConnection[]): Promise<string> {
  const received = await Promise.all(connections.map(({ closed }) => closed))
  return tally(
    received.map(text => {
      const statuses = text.match(/^HTTP\/1.1 \d+ .*(?=\r)/gm) ?? []
      return statuses.length > 1
        ? `${statuses.length} answers, ${statuses.at(-1)}`
        : (statuses[0] ?? 'no answer')
    }),
  )
}

export const httpAttacks: Record<string, Attack> = {
  httpConnections: {
    what: '3,000 connections that have asked once by HTTP, for 10 s',
    async run(port) {
      const { connections, left } = open(port, 3000)
      for (const connection of connections) connection.write(SUM)
      await seconds(10)
      return left()
    },
  },

  httpSlowHeaders: {
    what: '1,000 connections that send a header of HTTP every second, for 15 s',
    async run(port) {
      const { connections, left } = open(port, 1000)
      for (const connection of connections) connection.write('GET /table HTTP/1.1\r\n')
      await trickle(connections, 'X: a\r\n')
      return left()
    },
  },

  httpSlowBodies: {
    what: '500 uploads by HTTP that send 2 bytes a second, for 15 s',
    async run(port) {
      const { connections, left } = open(port, 500)
      for (const connection of connections) connection.write(post('Content-Length: 1000000\r\n'))
      await trickle(connections, '1\n')
      return left()
    },
  },

  httpHeaders: {
    what: '500 requests by HTTP whose headers take 10 MB each',
    async run(port) {
      const { connections } = open(port, 500)
      const header = Buffer.from(`X: ${'a'.repeat(MB)}\r\n`)
      for (const connection of connections) {
        connection.write(`GET /table HTTP/1.1\r\n${HOST}`)
        for (let i = 0; i < 10 && !connection.socket.destroyed; i++) connection.write(header)
      }
      return answersOf(connections)
    },
  },

  httpPipelined: {
    what: '10,000 sums at once on each of 100 connections by HTTP',
    async run(port) {
      const { connections } = open(port, 100)
      const sums = Buffer.from(SUM.repeat(10_000))
      for (const connection of connections) connection.write(sums)
      return answersOf(connections)
    },
  },

  httpSmuggled: {
    what: '5,000 uploads by HTTP with a length and chunks, and a deletion behind each, 100 at once',
    async run(port) {
      const smuggling = `${post(`Content-Length: 5\r\n${CHUNKED}`)}0\r\n\r\nDELETE /uploads/1 HTTP/1.1\r\n${HOST}\r\n`
      const seen: string[] = []
      await Promise.all(
        times(100, async () => {
          for (let i = 0; i < 50; i++) {
            const connection = rawConnection({ port })
            connection.write(smuggling)
            seen.push(await answersOf([connection]))
          }
        }),
      )
      return tally(seen)
    },
  },

  httpTinyChunks: {
    what: 'uploads by HTTP in chunks of one byte, 1 MB on each of 100 connections',
    async run(port) {
      const { connections } = open(port, 100)
      const chunks = Buffer.from('1\r\nx\r\n'.repeat(MB / 6))
      for (const connection of connections) {
        connection.write(post(CHUNKED))
        connection.write(chunks)
      }
      return answersOf(connections)
    },
  },

  httpBombs: {
    what: '4 gzip bombs at once by HTTP that unpack from 1 MB to 1 GB (largest upload 256 MiB)',
    env: { TABLE_MAX_UPLOAD: '256MiB' },
    async run(port) {
      const bomb = gzipSync(Buffer.alloc(1000 * MB, 'x\n'))
      const { connections } = open(port, 4)
      for (const connection of connections) {
        connection.write(
          post(`Content-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\nConnection: close\r\n`),
        )
        connection.write(bomb)
      }
      return answersOf(connections)
    },
  },

  httpUntaken: {
    what: '500 downloads of 60 MB by HTTP by clients that take nothing, for 15 s',
    async run(port) {
      const upload = rawConnection({ port })
      const rows = Buffer.from('1\n'.repeat(MB / 2))
      upload.write(post(`Content-Length: ${2 + 60 * rows.length}\r\n`))
      upload.write('y\n')
      for (let i = 0; i < 60; i++) upload.write(rows)
      const id = /"id":(\d+)/.exec(await upload.until(/"id":\d+,/))?.[1]
      const { connections, left } = open(port, 500)
      for (const connection of connections) {
        connection.write(`GET /uploads/${id}.csv HTTP/1.1\r\n${HOST}\r\n`)
        connection.socket.pause()
      }
      await seconds(15)
      return left()
    },
  },
}
