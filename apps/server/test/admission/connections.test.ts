import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect as http2Connect } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { credentials, status } from '@grpc/grpc-js'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { Connections } from '../../src/admission/connections.ts'
import { listen } from '../../src/admission/listen.ts'
import { readAccess } from '../../src/auth/access.ts'
import { ask, metric } from '../support/http.ts'
import { queried } from '../support/query.ts'
import { authorityFiles, pemFiles } from '../support/secrets.ts'
import {
  columnSum,
  connectClient,
  frame,
  rawCall,
  rawSession,
  rawUpload,
  serve,
  uploadMessage,
} from '../support/server.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  return () => void vi.useRealTimers()
})

/**
 * Starts a server with at most `limit` connections. Each client has a name, and comes from an address of this
 * machine.
 */
async function listening(limit: number) {
  let seen = 0
  class Counting extends Connections {
    override add(socket: Socket): boolean {
      seen++
      return super.add(socket)
    }
  }
  const connections = new Counting(limit)
  const { port, close } = await listen(['127.0.0.1'], 0, connections, socket => socket.resume())
  onTestFinished(() => close(0))
  const open = new Map<string, Socket>()
  return {
    connections,
    /** Resolves when the server has taken or refused the connection. */
    come: async (name: string, address = '127.0.0.1') => {
      const before = seen
      const socket = connect({ port, host: '127.0.0.1', localAddress: address })
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => {}).resume()
      open.set(name, socket)
      socket.once('close', () => open.delete(name))
      await once(socket, 'connect')
      while (seen === before) await new Promise(setImmediate)
      vi.advanceTimersByTime(1)
    },
    /** Resolves when the server knows that the client has gone. */
    leave: async (name: string) => {
      const count = () => connections.readings[0]?.read() as number
      const left = count() - 1
      open.get(name)?.destroy()
      while (count() > left) await new Promise(setImmediate)
    },
    /** Puts a call of the client under way until the returned function is called. */
    call: (name: string) => {
      const { localAddress, localPort } = open.get(name) as Socket
      let end = () => {}
      const work = () =>
        new Promise<void>(resolve => {
          end = resolve
        })
      const over = connections.during(`${localAddress}:${localPort}`, work)
      return async () => {
        end()
        await over
      }
    },
    /** Waits until exactly these clients are connected. */
    expectOpen: async (...names: string[]) => {
      const end = Date.now() + 30_000
      while (`${[...open.keys()].sort()}` !== `${names}` && Date.now() < end) await new Promise(setImmediate)
      expect([...open.keys()].sort()).toEqual(names)
    },
  }
}

/** Lets enough time pass that no connection counts as new any more. */
const later = () => vi.advanceTimersByTime(1001)

test('half of the places are for connections that have not called, and there the oldest makes room', async () => {
  const { come, call, expectOpen } = await listening(8)
  for (const name of ['a', 'b', 'c', 'd']) await come(name)
  await come('refused')
  await expectOpen('a', 'b', 'c', 'd')
  later()
  await come('e')
  await expectOpen('b', 'c', 'd', 'e')
  for (const name of ['b', 'c']) await call(name)()
  for (const name of ['f', 'g']) await come(name)
  await expectOpen('b', 'c', 'd', 'e', 'f', 'g')
})

test('a connection with a call under way is never closed, and a connection without calls only after a second', async () => {
  const { come, call, expectOpen } = await listening(4)
  const ends = new Map<string, () => Promise<void>>()
  for (const [i, name] of ['a', 'b', 'c', 'd'].entries()) {
    await come(name, `127.0.0.${i + 1}`)
    ends.set(name, call(name))
  }
  later()
  await come('refused', '127.0.0.9')
  await expectOpen('a', 'b', 'c', 'd')
  await ends.get('b')?.()
  await come('refused', '127.0.0.9')
  await expectOpen('a', 'b', 'c', 'd')
  later()
  await ends.get('a')?.()
  await come('e', '127.0.0.9')
  await expectOpen('a', 'c', 'd', 'e')
})

test('two calls keep their connection open until both have ended, even if one fails', async () => {
  const { connections, come, call, expectOpen } = await listening(1)
  await come('a')
  const [first, second] = [call('a'), call('a')]
  await first()
  later()
  await come('refused')
  await expectOpen('a')
  await second()
  await expect(connections.during('nobody:1', () => Promise.reject(new Error('failed')))).rejects.toThrow(
    'failed',
  )
  later()
  await come('b')
  await expectOpen('b')
})

test('the address with the most connections makes room at once for an address with fewer', async () => {
  const { come, expectOpen } = await listening(8)
  await come('other', '127.0.0.2')
  for (const name of ['a', 'b', 'c']) await come(name)
  await come('d')
  await expectOpen('a', 'b', 'c', 'other')
  await come('new', '127.0.0.3')
  await expectOpen('b', 'c', 'new', 'other')
  later()
  await come('e')
  await expectOpen('c', 'e', 'new', 'other')
})

test('one address does not get the last places', async () => {
  const { come, call, expectOpen } = await listening(8)
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  for (const name of names) {
    await come(name)
    call(name)
  }
  later()
  await come('refused')
  await expectOpen(...names)
  await come('other', '127.0.0.2')
  await expectOpen(...names, 'other')
})

test('a connection that has never called is closed after a minute, a connection that has called is not', async () => {
  const { come, call, expectOpen } = await listening(8)
  await come('caller')
  await come('stranger')
  await call('caller')()
  vi.advanceTimersByTime(60_000)
  await expectOpen('caller')
})

test('a connection that has not called makes room before one that has, and each newcomer gets another place', async () => {
  const { come, call, expectOpen } = await listening(4)
  for (const name of ['a', 'b', 'c']) {
    await come(name, `127.0.0.${name.charCodeAt(0)}`)
    await call(name)()
  }
  await come('stranger', '127.0.0.9')
  later()
  await come('next', '127.0.0.10')
  await expectOpen('a', 'b', 'c', 'next')

  // Closing a socket takes a while, but its place is free at once. All of these sockets come from one
  // address.
  const connections = new Connections(2)
  const destroyed: number[] = []
  const socket = (remotePort: number) =>
    ({
      remoteAddress: '::1',
      remotePort,
      once: () => {},
      destroy: () => destroyed.push(remotePort),
    }) as unknown as Socket
  connections.add(socket(1))
  await connections.during('::1:1', async () => {})
  connections.add(socket(2))
  later()
  expect([connections.add(socket(3)), connections.add(socket(4))]).toEqual([true, true])
  expect(destroyed).toEqual([2, 1])
})

test.each([
  ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
  ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
  ['2001:db8::2:0:0:0:1', '2001:db8:0:2::9', true],
  ['::1', '::2', true],
  ['fe80::1%eth0', 'fe80::2', true],
  ['::ffff:127.0.0.1', '127.0.0.1', true],
  ['::ffff:127.0.0.1', '::ffff:127.0.0.2', false],
])('%s and %s are one address: %s', (one, other, same) => {
  // One address may take both places. A connection of another address is closed for a newcomer only if the
  // newcomer's address has fewer connections.
  const connections = new Connections(4)
  const destroyed: string[] = []
  const socket = (remoteAddress: string) =>
    ({ remoteAddress, once: () => {}, destroy: () => destroyed.push(remoteAddress) }) as unknown as Socket
  for (const address of [one, one]) connections.add(socket(address))
  connections.add(socket(other))
  expect(destroyed).toEqual([same ? other : one])
})

/** The beginning of a ClientHello of 64 KiB. */
const hello = Buffer.concat([
  Buffer.from([0x16, 3, 1, 0x40, 0, 1, 1, 0, 0, 3, 3]),
  Buffer.alloc(0x4000 - 6),
  Buffer.from([0x16, 3, 1, 0x40, 0]),
])

/** Sends a lot on a new connection, but no call of ours. */
async function beStranger(port: number, tls: boolean): Promise<void> {
  if (tls) {
    const stranger = connect(port, '127.0.0.1')
    onTestFinished(() => void stranger.destroy())
    stranger.on('error', () => {}).resume()
    await once(stranger, 'connect')
    await new Promise(resolve => stranger.write(hello, resolve))
  } else {
    const session = rawSession(port)
    session.on('error', () => {})
    for (let i = 0; i < 8; i++) {
      const call = rawCall(session, '/Table/Nothing', { junk: 'junk'.repeat(1000) })
      call.end()
      expect(await call.answer).toMatchObject({ code: status.UNIMPLEMENTED })
    }
  }
}

test.each(['plain text', 'TLS'])(
  'strangers who send a lot do not cut a call, nor keep others from calling (%s)',
  async kind => {
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ['performance'] })
    const authority = authorityFiles()
    const { certFile, keyFile } = pemFiles(authority.issue())
    const tls = kind === 'TLS'
    const access = tls ? { access: readAccess({ tlsCert: certFile, tlsKey: keyFile }) } : {}
    const { port } = await serve({ limits: { connections: 8 }, ...access })
    const session = tls ? http2Connect(`https://localhost:${port}`, { ca: authority.cert }) : rawSession(port)
    onTestFinished(() => session.destroy())
    const call = rawUpload(session)
    const message = frame(uploadMessage('x\n1\n'))
    await call.write(message.subarray(0, -1))
    await new Promise<void>(resolve => session.ping(() => resolve()))
    for (let i = 0; i < 20; i++) {
      await beStranger(port, tls)
      later()
    }
    const channel = tls ? credentials.createSsl(Buffer.from(authority.cert)) : undefined
    expect(await columnSum(connectClient(port, channel && { channel }), 'x')).toBe(0n)
    await call.write(message.subarray(-1))
    call.end()
    expect(await call.answer).toMatchObject({ code: status.OK })
  },
)

test('a request that never ends does not keep its connection open', async () => {
  vi.useRealTimers()
  vi.useFakeTimers({ toFake: ['performance'] })
  const { port, client } = await serve({ limits: { connections: 4 } })
  for (let i = 0; i < 4; i++) {
    const session = rawSession(port)
    session.on('error', () => {})
    await once(session, 'remoteSettings')
    void rawCall(session, '/Table/ColSum').write(Buffer.alloc(3))
    await new Promise<void>(resolve => session.ping(() => resolve()))
    later()
  }
  expect(await columnSum(client, 'x')).toBe(0n)
})

test('the open connections and the refused ones are counted', async () => {
  const { connections, come } = await listening(1)
  const read = () => Promise.all(connections.readings.map(reading => reading.read()))
  expect(await read()).toEqual([0, 0])
  await come('a')
  await come('b')
  await come('c')
  expect(await read()).toEqual([1, 2])
  vi.advanceTimersByTime(1000)
  await come('d')
  expect(await read()).toEqual([1, 2])
})

test('a client that leaves makes room for another', async () => {
  const { come, leave, expectOpen } = await listening(4)
  for (const name of ['a', 'b']) await come(name)
  await leave('a')
  await come('c')
  await expectOpen('b', 'c')
  for (let i = 0; i < 10; i++) {
    await leave('c')
    await come('c')
  }
  await expectOpen('b', 'c')
})

test('a query that waits for its turn is a call like any other: its connection stays open', async () => {
  const { port, client } = await serve()
  const work = 'SELECT sum(i * j) FROM range(10000000) t(i), range(1000000) u(j)'
  const running = [1, 2].map(() =>
    client
      .query({ sql: work })
      .on('error', () => {})
      .resume(),
  )
  const untilUnderWay = async (queries: number) => {
    while ((await metric({ port }, 'table_queries_under_way')) !== queries) await new Promise(setImmediate)
  }
  await untilUnderWay(2)
  const waiting = [
    queried(connectClient(port, { channel: credentials.createInsecure() }), 'SELECT 1'),
    ask({ port }, 'POST', '/query', { body: 'SELECT 1' }),
  ]
  const over = Promise.allSettled(waiting)
  await untilUnderWay(4)
  vi.advanceTimersByTime(60_001)
  for (const call of running) call.cancel()
  expect((await over).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
})

test('a connection that asks for the metrics has called, and stays open', async () => {
  const { port } = await serve({ limits: { idleTime: 3600 } })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  const reads = async () => {
    const { status, text } = await ask({ port }, 'GET', '/metrics', { agent })
    return [status, /^table_connections_open \d+$/m.exec(text)?.[0]]
  }
  expect(await reads()).toEqual([200, 'table_connections_open 1'])
  const [socket] = Object.values(agent.freeSockets).flatMap(sockets => sockets ?? [])
  vi.advanceTimersByTime(60_001)
  expect(await reads()).toEqual([200, 'table_connections_open 1'])
  expect(Object.values(agent.freeSockets).flat()).toEqual([socket])
})
