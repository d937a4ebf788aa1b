import { type CallOptions, Metadata, status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { spawnHeldServer } from '../support/process.ts'
import {
  columnSum,
  eventually,
  failureOf,
  frame,
  incoming,
  knowsOfCancelled,
  rawSession,
  rawUpload,
  stored,
  upload,
  uploadMessage,
} from '../support/server.ts'

test('a sum past its deadline opens no further file, and neither do the sums that wait behind it', async () => {
  const { client, hold, late, release, count } = await spawnHeldServer('open')
  for (let i = 0; i < 8; i++) expect(await upload(client, 'x\n1\n')).toBe('')
  // The tasks of the first sum wait for the only worker, which is held before it opens the first file.
  const before = count()
  hold()
  const failures = await late(soon =>
    Promise.all(Array.from({ length: 20 }, () => failureOf(columnSum(client, 'x', 'csv', soon())))),
  )
  expect(new Set(failures.map(({ code }) => code))).toEqual(new Set([status.DEADLINE_EXCEEDED]))
  await knowsOfCancelled(client)
  release()
  expect(await columnSum(client, 'x')).toBe(8n)
  // The held operation, and the eight of the last sum.
  expect(count() - before).toBe(9)
})

test.each(['stats', 'describe'] as const)('%s past its deadline opens no further file', async question => {
  const { client, hold, late, release, count } = await spawnHeldServer('open')
  for (let i = 0; i < 8; i++) expect(await upload(client, 'x\n1\n')).toBe('')
  const ask = (options: CallOptions) =>
    new Promise((resolve, reject) => {
      const done = (failure: unknown, response: unknown) => (failure ? reject(failure) : resolve(response))
      if (question === 'describe') client.describe({}, new Metadata(), options, done)
      else client.stats({ columns: ['x'], format: 'csv' }, new Metadata(), options, done)
    })
  const before = count()
  hold()
  expect(await late(soon => failureOf(ask(soon())))).toMatchObject({ code: status.DEADLINE_EXCEEDED })
  await knowsOfCancelled(client)
  release()
  expect(await ask({})).toMatchObject({ columns: [{ rows: 8n }] })
  // The held operation, and the eight of the last question.
  expect(count() - before).toBe(9)
})

test('an upload that is cancelled while it is converted is not committed', async () => {
  const { port, client, dataDir, hold, held, release } = await spawnHeldServer('rename')
  expect(await upload(client, 'x\n1\n')).toBe('')
  hold()
  const session = rawSession(port)
  const call = rawUpload(session)
  await call.write(frame(uploadMessage('x\n2\n')))
  call.end()
  await held()
  call.cancel()
  // An answer to a later call on the connection proves that the server knows of the cancellation.
  const later = rawUpload(session)
  later.end()
  await later.answer
  release()
  // The files have their final names for a moment before they are removed.
  await eventually(() => expect([...incoming(dataDir), ...stored(dataDir)]).toHaveLength(2))
  expect(await columnSum(client, 'x')).toBe(1n)
})

test('an upload that is committed counts, even if its client is gone before the answer', async () => {
  const { port, client, hold, held, release } = await spawnHeldServer('committed')
  hold()
  const call = rawUpload(rawSession(port))
  await call.write(frame(uploadMessage('x\n1\n')))
  call.end()
  await held()
  call.cancel()
  release()
  await eventually(async () => expect(await columnSum(client, 'x')).toBe(1n))
})
