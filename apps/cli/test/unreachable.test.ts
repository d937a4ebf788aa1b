import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Address, parseAddress } from '../src/address.ts'
import { cli } from './support/cli.ts'
import { temporaryDirectory } from './support/directory.ts'

async function listen(onSocket: (socket: Socket) => void): Promise<{ address: Address; stop: () => void }> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => {}))
    onSocket(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const stop = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  onTestFinished(stop)
  return { address: parseAddress(`127.0.0.1:${port}`), stop }
}

/** Runs every command. Each must print the same line, once. */
async function expectUnreachable(server: Address): Promise<void> {
  const path = join(temporaryDirectory(), 'x.csv')
  writeFileSync(path, 'x\n1\n')
  const commands = [['upload', path, path], ['sum', 'x'], ['csvsum', 'x'], ['parquetsum', 'x'], ['bigdata']]
  const stderr = `cannot reach ${server.name}: start the server with npm start, or name it with --server\n`
  const outcomes = await Promise.all(commands.map(command => cli(server, ...command)))
  expect(outcomes).toEqual(commands.map(() => ({ stdout: '', stderr, exitCode: 1 })))
}

test('a port that nobody listens on cannot be reached', async () => {
  const { address, stop } = await listen(() => {})
  stop()
  await expectUnreachable(address)
})

test('a server that accepts and says nothing cannot be reached', async () => {
  const { address } = await listen(() => {})
  await expectUnreachable(address)
})

test('a server that speaks something else cannot be reached', async () => {
  const { address } = await listen(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  await expectUnreachable(address)
})

test('a name that does not resolve cannot be reached', async () => {
  await expectUnreachable(parseAddress('no-such-host.invalid'))
})
