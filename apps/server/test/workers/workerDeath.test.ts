import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { spawnServer } from '../support/process.ts'
import {
  called,
  columnSum,
  connectClient,
  eventually,
  failureOf,
  incoming,
  largeCsv,
  stored,
  temporaryDirectory,
  upload,
} from '../support/server.ts'

async function serveWithFuse(moment: string, workers = 2) {
  const fuse = join(temporaryDirectory(), 'fuse')
  const { ready, dataDir, child, exited } = spawnServer({
    hook: 'die.ts',
    env: { MOMENT: moment, FUSE: fuse },
    workers,
  })
  const client = connectClient((await ready).port)
  expect(await upload(client, 'x\n1\n')).toBe('')
  writeFileSync(fuse, '')
  return { client, dataDir, child, exited }
}

test.each(['write', 'sync', 'rename', 'insert'])(
  'a worker that dies before its %s leaves nothing',
  async moment => {
    const { client, dataDir, child, exited } = await serveWithFuse(moment)
    expect(await failureOf(upload(client, largeCsv(2)))).toMatchObject({
      code: status.INTERNAL,
      details: 'internal error',
    })
    expect(incoming(dataDir)).toEqual([])
    expect(stored(dataDir)).toHaveLength(2)
    expect(await upload(client, largeCsv(4))).toBe('')
    expect(await columnSum(client, 'x', 'parquet')).toBe(5n)
    child.kill()
    expect((await exited).stderr).toContain('worker exited with code: 3')
  },
)

test('a worker that dies after the commit leaves an upload, which is acknowledged', async () => {
  const { client } = await serveWithFuse('committed')
  expect(await upload(client, largeCsv(2))).toBe('')
  expect(await columnSum(client, 'x')).toBe(3n)
})

test('a worker that dies after it has removed a row leaves no upload, which is acknowledged', async () => {
  const { client, child, exited } = await serveWithFuse('committed')
  expect((await called(client, client.deleteUpload, { id: 1n })).error).toBe('')
  expect(await columnSum(client, 'x')).toBe(0n)
  expect((await called(client, client.getUpload, { id: 1n })).error).toContain('there is no upload 1')
  child.kill()
  expect((await exited).stderr).toContain('worker exited with code: 3')
})

test('a sum whose worker dies fails, and the next one is whole', async () => {
  const { client } = await serveWithFuse('read')
  expect(await failureOf(columnSum(client, 'x'))).toMatchObject({
    code: status.INTERNAL,
    details: 'internal error',
  })
  expect(await columnSum(client, 'x')).toBe(1n)
})

test('calls that wait for the only worker while it dies are answered by the next one', async () => {
  const { client } = await serveWithFuse('insert', 1)
  const answers = await Promise.allSettled(Array.from({ length: 12 }, () => upload(client, 'x\n1\n')))
  expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(1)
  expect(await columnSum(client, 'x')).toBe(12n)
})

/**
 * Starts a server with one upload whose only worker has died. New workers die while loading as long as `fuse`
 * exists.
 */
async function serveStillborn() {
  const fuse = join(temporaryDirectory(), 'fuse')
  const env = { MOMENT: 'read', FUSE: fuse }
  const { ready, child, exited } = spawnServer({ hook: 'stillborn.ts', env, workers: 1 })
  const client = connectClient((await ready).port)
  expect(await upload(client, 'x\n1\n')).toBe('')
  let deaths = 0
  child.stderr?.on('data', text => {
    deaths += String(text).split('Error: stillborn').length - 1
  })
  writeFileSync(fuse, '')
  expect(await failureOf(columnSum(client, 'x'))).toMatchObject({ code: status.INTERNAL })
  await eventually(() => expect(deaths).toBeGreaterThan(0))
  const nextDeath = () => {
    const before = deaths
    return eventually(() => expect(deaths).toBeGreaterThan(before))
  }
  return { client, child, exited, fuse, nextDeath }
}

test('a worker whose replacement dies while loading is replaced once a worker can load again', async () => {
  const { client, child, exited, fuse, nextDeath } = await serveStillborn()
  const waiting = columnSum(client, 'x')
  await nextDeath()
  rmSync(fuse)
  expect(await waiting).toBe(1n)
  child.kill()
  expect((await exited).code).toBe(0)
})

test('a server whose workers cannot be loaded ends when it is told to', async () => {
  const { client, child, exited, nextDeath } = await serveStillborn()
  const waiting = failureOf(columnSum(client, 'x'))
  await nextDeath()
  child.kill()
  expect(await waiting).toMatchObject({ code: status.UNAVAILABLE })
  expect((await exited).code).toBe(0)
})
