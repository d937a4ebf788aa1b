import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { spawnHeldServer } from '../support/process.ts'
import {
  columnSum,
  eventually,
  failureOf,
  incoming,
  knowsOfCancelled,
  largeCsv,
  stored,
  upload,
} from '../support/server.ts'

const deadlineExceeded = { code: status.DEADLINE_EXCEEDED }

test.each([
  ['is converted', 'read'],
  ['is written', 'rename'],
  ['is synced', 'sync'],
])('an upload whose deadline passes while it %s is not kept', async (_phase, moment) => {
  const { client, dataDir, hold, late, release } = await spawnHeldServer(moment)
  hold()
  const failure = await late(soon => failureOf(upload(client, largeCsv(1), soon())))
  expect(failure).toMatchObject(deadlineExceeded)
  await knowsOfCancelled(client)
  release()
  await eventually(() => expect([...incoming(dataDir), ...stored(dataDir)]).toEqual([]))
  expect(await upload(client, largeCsv(2))).toBe('')
  expect(await columnSum(client, 'x')).toBe(2n)
})

test('an upload whose deadline passes while it is queued is not kept', async () => {
  const { client, dataDir, hold, held, late, release } = await spawnHeldServer('read')
  hold()
  const first = upload(client, largeCsv(1))
  await held()
  const failure = await late(soon => failureOf(upload(client, largeCsv(2), soon())))
  expect(failure).toMatchObject(deadlineExceeded)
  await knowsOfCancelled(client)
  release()
  expect(await first).toBe('')
  await eventually(() => expect(incoming(dataDir)).toEqual([]))
  expect(await columnSum(client, 'x')).toBe(1n)
})

test('an upload whose deadline passes while its row is written counts: what is committed is published', async () => {
  const { client, hold, late, release } = await spawnHeldServer('insert')
  hold()
  const failure = await late(soon => failureOf(upload(client, largeCsv(1), soon())))
  expect(failure).toMatchObject(deadlineExceeded)
  release()
  await eventually(async () => expect(await columnSum(client, 'x')).toBe(1n))
})
