import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { spawnServer } from './process.ts'
import { authorityFiles, pemFiles, tokenFile } from './secrets.ts'

async function healthcheck(port: number, env: Record<string, string> = {}) {
  const script = join(import.meta.dirname, '../src/healthcheck.ts')
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...env, TABLE_PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return { status, stderr }
}

const authority = () => authorityFiles()
function tls(): Record<string, string> {
  // For a name of the network: the check comes by another.
  const { certFile, keyFile } = pemFiles(authority().issue('table.example'))
  return { TABLE_TLS_CERT: certFile, TABLE_TLS_KEY: keyFile }
}

describe.each<[string, () => Record<string, string>]>([
  ['plain text', () => ({})],
  ['tokens', () => ({ TABLE_TOKEN_FILE: tokenFile() })],
  ['TLS', tls],
  ['TLS and tokens', () => ({ ...tls(), TABLE_TOKEN_FILE: tokenFile() })],
  ['mutual TLS', () => ({ ...tls(), TABLE_TLS_CLIENT_CA: authority().certFile })],
])('with %s', (_what, makeEnv) => {
  test('a server that answers is healthy, one that is gone is not', async () => {
    const env = makeEnv()
    const { ready, child, exited } = spawnServer({ env })
    const { port } = await ready
    expect(await healthcheck(port, env)).toMatchObject({ status: 0, stderr: '' })
    child.kill()
    expect((await exited).code).toBe(0)
    expect(await healthcheck(port, env)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(new RegExp(`^localhost:${port} is not healthy: [^\n]+\n$`)),
    })
  })

  test('a server that does not answer is not healthy', async () => {
    const env = makeEnv()
    const { ready, child } = spawnServer({ env })
    const { port } = await ready
    child.kill('SIGSTOP')
    expect(await healthcheck(port, env)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^[^\n]*(DEADLINE_EXCEEDED|does not answer)[^\n]*\n$/),
    })
  })
})

test('a refusal is no sign of health where no token is wanted', async () => {
  const { ready } = spawnServer({ env: { TABLE_TOKEN_FILE: tokenFile() } })
  expect(await healthcheck((await ready).port)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('UNAUTHENTICATED'),
  })
})

test('something else that listens is not healthy', async () => {
  const other = createServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, 'localhost')
  onTestFinished(() => void other.close())
  await new Promise(resolve => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  for (const env of [{}, tls(), { ...tls(), TABLE_TLS_CLIENT_CA: authority().certFile }])
    expect((await healthcheck(port, env)).status).toBe(1)
})
