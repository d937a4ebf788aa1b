import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { spawnServer } from './process.ts'

function healthcheck(port: number) {
  const script = join(import.meta.dirname, '../src/healthcheck.ts')
  return spawnSync(process.execPath, [script], {
    env: { ...process.env, TABLE_PORT: String(port) },
    encoding: 'utf8',
  })
}

test('a server that answers is healthy, one that is gone is not', async () => {
  const { ready, child, exited } = spawnServer()
  const { port } = await ready
  expect(healthcheck(port)).toMatchObject({ status: 0, stderr: '' })
  child.kill()
  await exited
  expect(healthcheck(port)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`localhost:${port} is not healthy`),
  })
})

test('a server that does not answer is not healthy', async () => {
  const { ready, child } = spawnServer()
  const { port } = await ready
  child.kill('SIGSTOP')
  expect(healthcheck(port)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^[^\n]*DEADLINE_EXCEEDED[^\n]*\n$/),
  })
})
