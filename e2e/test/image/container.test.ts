import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createAuthority } from '../../../apps/server/test/support/certificates.ts'
import { linesOf } from '../../../apps/server/test/support/process.ts'
import { tokenLine } from '../../../apps/server/test/support/secrets.ts'
import { image, inspect, listening, publishedPort, startContainer } from '../../support/containerServer.ts'
import { testSession } from '../../support/python.ts'
import { output, run } from '../../support/run.ts'
import { testDirectory, testFile } from '../../support/temporary.ts'

async function testContainer(options: string[] = []) {
  const server = await startContainer({ options })
  onTestFinished(() => server.stop())
  return server
}

const csv = 'x,y\n1,2\n41,3\n'

test('HEALTHCHECK becomes healthy', async () => {
  const { container } = await testContainer(['--health-interval=1s'])
  await expect.poll(() => inspect(container, '.State.Health.Status')).toBe('healthy')
})

test('the command of HEALTHCHECK fails where no server answers', async () => {
  const { container } = await testContainer()
  const [, ...command] = JSON.parse(await inspect(container, 'json .Config.Healthcheck.Test')) as string[]
  expect((await run('docker', ['exec', container, ...command])).code).toBe(0)
  expect((await run('docker', ['exec', '-e', 'TABLE_PORT=1', container, ...command])).code).toBe(1)
})

test('HEALTHCHECK becomes healthy with TLS, mutual TLS and tokens, and the log has nothing to warn of', async () => {
  const authority = createAuthority()
  const { cert, key } = authority.issue('table.example')
  const secrets = testDirectory()
  chmodSync(secrets, 0o755) // the server in the container is another user
  const contents = {
    'ca.pem': authority.cert,
    'cert.pem': cert,
    'key.pem': key,
    tokens: tokenLine('a', 'read'),
  }
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(secrets, name), content)
  const tls = { TABLE_TLS_CERT: '/secrets/cert.pem', TABLE_TLS_KEY: '/secrets/key.pem' }
  const tokens = { TABLE_TOKEN_FILE: '/secrets/tokens' }
  for (const env of [{}, tls, { ...tls, ...tokens }, { ...tls, TABLE_TLS_CLIENT_CA: '/secrets/ca.pem' }]) {
    const options = ['--health-interval=1s', '-v', `${secrets}:/secrets:ro`]
    const { container, stop } = await startContainer({ env, options })
    onTestFinished(stop)
    await expect.poll(() => inspect(container, '.State.Health.Status')).toBe('healthy')
    const { stdout, stderr } = await run('docker', ['logs', container])
    expect(stdout.toString()).toBe('listening on [::]:5440\n')
    const levels = linesOf(stderr).map(({ level }) => level)
    expect(levels).toEqual(['info']) // what the server serves
  }
})

test('runs as a user who is not root and can write nothing but the data', async () => {
  const server = await testContainer()
  expect((await server.inside('id -u')).toString().trim()).not.toBe('0')
  expect((await server.inside('stat -c %u /proc/1')).toString().trim()).not.toBe('0')
  expect(
    (await server.inside('find /app /usr /etc -writable -not -type l 2>/dev/null || true')).toString(),
  ).toBe('')
  await server.inside('test -w /data')
})

test('keeps its data over docker stop and docker start', async () => {
  const { container, ...server } = await testContainer()
  expect(await testSession(server).upload(testFile(csv))).toEqual({ error: '' })
  await output('docker', ['stop', container])
  await output('docker', ['start', container])
  await listening(container)
  expect(await testSession({ port: await publishedPort(container) }).total('x', 'parquet')).toBe(42n)
})

test('keeps its data in a volume that the next container is given', async () => {
  const volume = `table-e2e-${process.pid}-${Date.now()}`
  onTestFinished(async () => {
    await output('docker', ['volume', 'rm', '--force', volume])
  })
  const first = await startContainer({ options: ['-v', `${volume}:/data`] })
  expect(await testSession(first).upload(testFile(csv))).toEqual({ error: '' })
  await first.stop()
  const second = await startContainer({ options: ['-v', `${volume}:/data`] })
  expect(await testSession(second).total('x', 'csv')).toBe(42n)
  await second.stop()
})

test('docker stop ends an idle server by SIGTERM, with exit code 0', async () => {
  const { container } = await testContainer()
  await output('docker', ['stop', container])
  // Docker kills after 10 s, and the code is 137 then.
  expect(await inspect(container, '.State.ExitCode')).toBe('0')
})

test('docker stop lets an upload under way finish', async () => {
  const { container, ...server } = await testContainer()
  const session = testSession(server)
  await session.total('warm', 'csv')
  // Look from the inside: each `docker exec` takes as long as a small upload.
  const arrives = server.inside('touch /tmp/looks; until ls incoming | grep csv; do :; done')
  await expect.poll(() => server.inside('ls /tmp').then(String)).toContain('looks')
  const uploading = session.upload(testFile(`x\n${'1\n'.repeat(20_000_000)}`))
  await arrives
  await output('docker', ['stop', container])
  expect(await uploading).toEqual({ error: '' })
  expect(await inspect(container, '.State.ExitCode')).toBe('0')
})

test('arguments of docker run are flags of the server', async () => {
  const help = await run('docker', ['run', '--rm', image, '--help'])
  expect(help).toMatchObject({ code: 0, stderr: '' })
  expect(help.stdout.toString()).toMatch(/^Usage: table-server /)
  const wrong = await run('docker', ['run', '--rm', image, '--max-upload', 'much'])
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('--max-upload')
})

test('table-cli runs in the container', async () => {
  const { container, ...server } = await testContainer()
  expect(await testSession(server).upload(testFile(csv))).toEqual({ error: '' })
  const cli = (...args: string[]) => output('docker', ['exec', container, 'table-cli', ...args])
  expect(await cli('sum', 'x')).toBe('42')
  expect(await cli('ls', '--csv')).toMatch(/^1,.*,2,13$/m)
  expect(await cli('verify')).toContain('1 uploads')
})
