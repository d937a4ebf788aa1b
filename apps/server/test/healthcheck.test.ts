import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { spawnServer } from './support/process.ts'
import { authorityFiles, pemFiles, tokenFile } from './support/secrets.ts'
import { eventually, temporaryDirectory } from './support/server.ts'

const ample = 30
const script = join(import.meta.dirname, '../healthcheck')

function startCheck(port: number, env: Record<string, string> = {}, seconds = ample) {
  const child = spawn(script, [String(seconds)], {
    env: { ...process.env, ...env, TABLE_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const outcome = Promise.all([text(child.stderr), once(child, 'close')])
  return { child, outcome: outcome.then(([stderr, [status]]) => ({ status, stderr })) }
}

const healthcheck = (...args: Parameters<typeof startCheck>) => startCheck(...args).outcome

const authority = () => authorityFiles()
function tls(): Record<string, string> {
  // The certificate is for another name than the check uses.
  const { certFile, keyFile } = pemFiles(authority().issue('table.example'))
  return { TABLE_TLS_CERT: certFile, TABLE_TLS_KEY: keyFile }
}

const healthy = { status: 0, stderr: '' }

describe.each<[string, () => Record<string, string>]>([
  ['plain text', () => ({})],
  ['tokens', () => ({ TABLE_TOKEN_FILE: tokenFile() })],
  ['TLS', tls],
  ['TLS and tokens', () => ({ ...tls(), TABLE_TOKEN_FILE: tokenFile() })],
  ['mutual TLS', () => ({ ...tls(), TABLE_TLS_CLIENT_CA: authority().certFile })],
])('with %s', (_what, makeEnv) => {
  test('a server that answers is healthy, however often it is asked, and logs nothing; a server that is paused or has ended is not healthy, a server that goes on before the limit is', async () => {
    const env = makeEnv()
    const { ready, child, exited } = spawnServer({ env })
    const { port } = await ready
    for (let i = 0; i < 5; i++) expect(await healthcheck(port, env)).toEqual(healthy)
    child.kill('SIGSTOP')
    expect(await healthcheck(port, env, 1)).toMatchObject({
      stderr: `localhost:${port} is not healthy: it does not answer within 1 s\n`,
    })
    const { child: check, outcome } = startCheck(port, env)
    await eventually(() => expect(hasConnection(check.pid as number)).toBe(true))
    child.kill('SIGCONT')
    expect(await outcome).toEqual(healthy)
    child.kill()
    expect(await exited).toMatchObject({ code: 0, stderr: '' })
    expect(await healthcheck(port, env)).toEqual({
      status: 1,
      stderr: `localhost:${port} is not healthy: it takes no connections\n`,
    })
  })
})

/**
 * Returns whether the check has opened its connection. The check runs as a child of the command that limits
 * its time.
 */
function hasConnection(pid: number): boolean {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ')
  const descriptors = `/proc/${child}/fd`
  return readdirSync(descriptors).some(fd => readlinkSync(join(descriptors, fd)).startsWith('socket:'))
}

test('a server that has as many connections as it may have is healthy', async () => {
  const { ready } = spawnServer({ env: { TABLE_MAX_CONNECTIONS: '2' } })
  const { port } = await ready
  // A connection that was just opened does not make room for the check.
  for (let i = 0; i < 2; i++) {
    const socket = connect(port, 'localhost').on('error', () => {})
    onTestFinished(() => void socket.destroy())
    await once(socket, 'connect')
  }
  expect(await healthcheck(port)).toEqual(healthy)
})

test('a server on another address than localhost is asked there', async () => {
  const args = ['--port', '0', '--data-dir', temporaryDirectory(), '--workers', '1', '--host', '127.0.0.2']
  const { ready } = spawnServer({ args })
  const { port } = await ready
  expect(await healthcheck(port, { TABLE_HOST: '127.0.0.2' })).toEqual(healthy)
  expect((await healthcheck(port)).status).toBe(1)
})

test('something else that listens is not healthy', async () => {
  const other = createServer(socket =>
    socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  ).listen(0, 'localhost')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  for (const env of [{}, tls()])
    expect(await healthcheck(port, env)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^[^\n]* is not healthy: something else answers [^\n]*\n$/),
    })
})

test('plain text where TLS is expected is not healthy', async () => {
  const { ready } = spawnServer()
  expect((await healthcheck((await ready).port, tls())).status).toBe(1)
})
