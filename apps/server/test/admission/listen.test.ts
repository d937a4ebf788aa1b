import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Connections } from '../../src/admission/connections.ts'
import { listen } from '../../src/admission/listen.ts'

async function listening(hosts: string[], port = 0) {
  const connections: Socket[] = []
  const listeners = await listen(hosts, port, new Connections(100), socket => connections.push(socket))
  onTestFinished(() => listeners.close(0))
  return { ...listeners, connections }
}

async function connected(host: string, port: number): Promise<Socket> {
  const socket = connect(port, host)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

test('every host gets the same port', async () => {
  const { host, port, connections } = await listening(['127.0.0.1', '127.0.0.2', '::1'])
  expect(host).toBe('127.0.0.1')
  for (const address of ['127.0.0.1', '127.0.0.2', '::1']) {
    const socket = await connected(address, port)
    socket.end()
    await once(socket.resume(), 'close')
  }
  expect(connections).toHaveLength(3)
})

test('the first host must exist on this machine, the others may be missing', async () => {
  const { port } = await listening(['127.0.0.1', '192.0.2.1'])
  await connected('127.0.0.1', port)
  await expect(listening(['192.0.2.1', '127.0.0.1'])).rejects.toThrow(
    '192.0.2.1 is not an address of this machine',
  )
})

test('a name that stands for no address is refused', async () => {
  await expect(listening(['none.invalid'])).rejects.toThrow(
    /^none\.invalid is not an address of this machine: choose another address with --host$/,
  )
})

test('a port that is taken on any of the hosts is refused, and none is left open', async () => {
  const other = createServer().listen(0, '127.0.0.2')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await expect(listening(['127.0.0.1', '127.0.0.2'], port)).rejects.toThrow(
    `port ${port} of 127.0.0.2 is taken`,
  )
  await expect(connected('127.0.0.1', port)).rejects.toThrow('ECONNREFUSED')
})

test('closing drops the connections that stay open', async () => {
  const { port, close } = await listening(['127.0.0.1'])
  const socket = await connected('127.0.0.1', port)
  await close(10)
  await once(socket.resume(), 'close')
  await expect(connected('127.0.0.1', port)).rejects.toThrow('ECONNREFUSED')
})
