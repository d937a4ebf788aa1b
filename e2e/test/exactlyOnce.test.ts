import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { startProcess } from '../support/processServer.ts'
import { environments, PythonSession, testSession } from '../support/python.ts'
import { names } from '../support/server.ts'
import { startTarget } from '../support/target.ts'
import { testDirectory, testFile } from '../support/temporary.ts'

const rows = 50_000
const csv = (value: number) => `one,t\n${`${value},some text\n`.repeat(rows)}`

test.each(environments)(
  'a Python client that sends uploads many times under their upload-ids stores each once (%s packages)',
  async environment => {
    const server = await startTarget()
    const session = testSession(server, environment)
    const uploads = [1, 2, 3, 4].map(value => ({ file: testFile(csv(value)), uploadId: randomUUID() }))
    const send = () => uploads.map(({ file, uploadId }) => session.upload(file, { uploadId }))
    const answers = await Promise.all([...send(), ...send(), ...send()])
    expect(answers).toEqual(Array(12).fill({ error: '' }))
    expect(await session.total('one', 'csv')).toBe(BigInt(10 * rows))
    expect(await session.total('one', 'parquet')).toBe(BigInt(10 * rows))
    expect(await names(server, 'files')).toHaveLength(8)

    const [{ uploadId } = { uploadId: '' }] = uploads
    expect((await session.upload(testFile(csv(9)), { uploadId })).error).toContain(
      `upload-id ${uploadId}: other bytes were uploaded under it`,
    )
    expect(await session.upload(testFile(csv(9)), { uploadId: 'mine' })).toMatchObject({
      status: 'INVALID_ARGUMENT',
      details: expect.stringContaining('found "mine", expected a UUID'),
    })
    expect(await session.total('one', 'csv')).toBe(BigInt(10 * rows))
  },
)

test('a Python client repeats every upload after a crash, and each upload is stored once', async () => {
  const dataDir = testDirectory()
  const uploads = Array.from({ length: 12 }, () => ({ file: testFile(csv(1)), uploadId: randomUUID() }))
  const first = await startProcess({ dataDir })
  const session = new PythonSession(first.port)
  let acknowledged = 0
  const { promise: some, resolve } = Promise.withResolvers<void>()
  const calls = uploads.map(async ({ file, uploadId }) => {
    const { error } = await session.upload(file, { uploadId })
    if (error === '' && ++acknowledged === 3) resolve()
  })
  await some
  await first.kill()
  await Promise.all(calls)
  await session.close()

  const second = await startProcess({ dataDir })
  onTestFinished(() => second.stop())
  const again = testSession(second)
  const answers = await Promise.all(uploads.map(({ file, uploadId }) => again.upload(file, { uploadId })))
  expect(answers).toEqual(uploads.map(() => ({ error: '' })))
  for (const format of ['csv', 'parquet']) expect(await again.total('one', format)).toBe(BigInt(12 * rows))
  expect(await names(second, 'files')).toHaveLength(24)
})
