import { readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { observeFileOperations, StorageError } from '@table/storage'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { log } from '../../src/observe/log.ts'
import { spawnHeldServer } from '../support/process.ts'
import {
  columnSum,
  eventually,
  failureOf,
  frame,
  incoming,
  largeCsv,
  rawSession,
  rawUpload,
  serve,
  stored,
  temporaryDirectory,
  upload,
  uploadMessage,
} from '../support/server.ts'

const half = frame(uploadMessage(largeCsv(1))).subarray(0, 290_000)

test('an upload is stored byte for byte and summed in both formats', async () => {
  const { client, dataDir } = await serve({ workers: 2 })
  const csv = 'x,y,z\r\n1,2,3\r\n4,5,6\r\n'
  expect(await upload(client, csv)).toBe('')
  expect(await upload(client, 'x,y\n5,10\n0,20\n')).toBe('')
  for (const format of ['csv', 'parquet']) {
    expect(await columnSum(client, 'x', format)).toBe(10n)
    expect(await columnSum(client, 'z', format)).toBe(9n)
    expect(await columnSum(client, 'w', format)).toBe(0n)
  }
  const [first] = stored(dataDir)
  expect(readFileSync(join(dataDir, 'files', first ?? ''), 'utf8')).toBe(csv)
  expect(incoming(dataDir)).toEqual([])
})

test.each([
  ['an empty message', ''],
  ['a ragged row', 'x,y\n1,2\n3\n'],
  ['not UTF-8', Buffer.from([0x78, 0x0a, 0xff, 0x0a])],
])('%s is answered in the error field and leaves nothing', async (_what, csv) => {
  const { client, dataDir } = await serve({ workers: 2 })
  expect(await upload(client, csv)).not.toBe('')
  expect([...incoming(dataDir), ...stored(dataDir)]).toEqual([])
})

test('more uploads at once than workers, on one connection', async () => {
  const { client } = await serve({ workers: 2 })
  const csv = (i: number) => `x,i\n${`1,${i}\n`.repeat(20_000)}`
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => upload(client, csv(i))))
  expect(answers).toEqual(new Array(12).fill(''))
  expect(await columnSum(client, 'x')).toBe(240_000n)
  expect(await columnSum(client, 'i', 'parquet')).toBe(66n * 20_000n)
})

describe('the file of an upload that does not arrive is removed', () => {
  const receiving = (dataDir: string) => eventually(() => expect(incoming(dataDir)).toHaveLength(1))
  const removed = (dataDir: string) => eventually(() => expect(incoming(dataDir)).toEqual([]))

  test('when the client cancels', async () => {
    const { port, dataDir } = await serve({ workers: 2 })
    const call = rawUpload(rawSession(port))
    await call.write(half)
    await receiving(dataDir)
    call.cancel()
    await removed(dataDir)
  })

  test('when the connection breaks', async () => {
    const { port, dataDir } = await serve({ workers: 2 })
    const session = rawSession(port)
    await rawUpload(session).write(half)
    await receiving(dataDir)
    session.destroy()
    await removed(dataDir)
  })

  test('when the deadline passes and the client is silent', async () => {
    const { port, dataDir } = await serve({ workers: 2 })
    const call = rawUpload(rawSession(port), { 'grpc-timeout': '50m' })
    await call.write(half)
    expect(await call.answer).toMatchObject({ code: status.DEADLINE_EXCEEDED })
    await removed(dataDir)
  })

  test('when the message is whole but the client cancels instead of ending', async () => {
    const { port, dataDir, client } = await serve({ workers: 2 })
    const call = rawUpload(rawSession(port))
    await call.write(frame(uploadMessage(largeCsv(1))))
    await receiving(dataDir)
    call.cancel()
    await removed(dataDir)
    expect(await columnSum(client, 'x')).toBe(0n)
  })
})

test('the last of several csv_data counts, even if an earlier one is already being converted', async () => {
  const { client, port, dataDir, hold, held, release } = await spawnHeldServer('read')
  const session = rawSession(port)
  hold()
  // The only worker is held while it converts the first field. The second field arrives before the worker
  // goes on.
  const call = rawUpload(session)
  const small = uploadMessage('x\n1\n')
  const message = frame(Buffer.concat([uploadMessage(`y\n${'1\n'.repeat(400_000)}`), small]))
  await call.write(message.subarray(0, -small.length))
  await held()
  await call.write(message.subarray(-small.length))
  call.end()
  await new Promise<void>(resolve => session.ping(() => resolve()))
  release()
  expect(await call.answer).toMatchObject({ code: status.OK })
  expect(await columnSum(client, 'x')).toBe(1n)
  expect(await columnSum(client, 'y')).toBe(0n)
  expect(incoming(dataDir)).toEqual([])
  expect(stored(dataDir)).toHaveLength(2)
})

test('a question that cannot be answered says why', async () => {
  const { client } = await serve({ workers: 2 })
  await upload(client, 'name\nAda\n')
  expect((await failureOf(columnSum(client, 'name'))).message).toMatch(
    /column "name" is text in upload 1 .*: line 2 has "Ada", expected integers/,
  )
  expect((await failureOf(columnSum(client, 'x', 'xml'))).message).toContain(
    '"xml", expected "csv" or "parquet"',
  )
  await upload(client, 'x\n9223372036854775807\n1\n')
  expect((await failureOf(columnSum(client, 'x'))).message).toContain('9223372036854775808')
})

test('a stored file that has changed is DATA_LOSS', async () => {
  const { client, dataDir } = await serve({ workers: 2 })
  await upload(client, 'x\n1\n')
  const path = join(dataDir, 'files', stored(dataDir)[0] ?? '')
  writeFileSync(path, 'x\nbroken\n')
  const errors = vi.spyOn(log, 'error').mockImplementation(() => {})
  expect(await failureOf(columnSum(client, 'x'))).toMatchObject({
    code: status.DATA_LOSS,
    details: 'upload 1, csv: the file has 9 bytes, expected 4',
  })
  expect(errors).toHaveBeenCalledWith(`upload 1: ${path} has 9 bytes, expected 4`)
  errors.mockRestore()
})

test('symbolic links that somebody planted are not followed, neither to write nor to read', async () => {
  const { client, dataDir } = await serve({ workers: 2 })
  const [kept, copy] = [join(temporaryDirectory(), 'kept'), join(temporaryDirectory(), 'copy')]
  writeFileSync(kept, 'kept')
  for (const id of [1, 2])
    for (const format of ['csv', 'parquet'])
      symlinkSync(kept, join(dataDir, 'incoming', `0000000${id}.${format}`))
  expect(await upload(client, 'x\n1\n')).toBe('')
  expect(await upload(client, largeCsv(2))).toBe('')
  expect(readFileSync(kept, 'utf8')).toBe('kept')
  expect(await columnSum(client, 'x')).toBe(3n)

  const errors = vi.spyOn(log, 'error').mockImplementation(() => {})
  onTestFinished(() => errors.mockRestore())
  for (const format of ['csv', 'parquet']) {
    const path = join(dataDir, 'files', `00000001.${format}`)
    renameSync(path, copy)
    symlinkSync(copy, path)
    expect(await failureOf(columnSum(client, 'x', format))).toMatchObject({
      code: status.DATA_LOSS,
      details: `upload 1, ${format}: the file is a symbolic link, expected a file`,
    })
  }
})

test('a full disk is RESOURCE_EXHAUSTED, and the next upload works', async () => {
  const { client, dataDir } = await serve({ workers: 2 })
  observeFileOperations(({ kind, path }) => {
    if (kind === 'write') throw new StorageError('disk-full', `no space left to write ${path}`)
  })
  const failure = await failureOf(upload(client, largeCsv(1)))
  observeFileOperations(undefined)
  expect(failure).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringContaining('no space left'),
  })
  expect(incoming(dataDir)).toEqual([])
  expect(await upload(client, 'x\n1\n')).toBe('')
})
