import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type CallOptions, Metadata, status } from '@grpc/grpc-js'
import { type TableClient, UploadPart, type UploadResp } from '@table/proto'
import { expect, test } from 'vitest'
import {
  columnSum,
  failureOf,
  frame,
  incoming,
  rawCall,
  rawSession,
  serve,
  stored,
} from '../support/server.ts'

/** Uploads a file in parts. Resolves to the response. */
function uploadParts(
  client: TableClient,
  parts: readonly (string | Uint8Array)[],
  metadata = new Metadata(),
  options: CallOptions = {},
): Promise<UploadResp> {
  return new Promise((resolve, reject) => {
    const call = client.uploadStream(metadata, options, (failure, response) =>
      failure ? reject(failure) : resolve(response),
    )
    for (const part of parts) call.write({ csvData: Buffer.from(part) })
    call.end()
  })
}

function partMessage(csv: string): Uint8Array {
  return UploadPart.encode({ csvData: Buffer.from(csv) }).finish()
}

/** Cuts a text into parts of `length` characters. */
function cut(text: string, length: number): string[] {
  return Array.from({ length: Math.ceil(text.length / length) }, (_, i) =>
    text.slice(i * length, (i + 1) * length),
  )
}

const large = `x,t\n${Array.from({ length: 100_000 }, (_, i) => `${i},"some, text"`).join('\n')}\n`

test.each([
  ['one part', ['x,t\n1,a\n2,b\n'], 3n],
  ['parts that end anywhere', ['x,', 't\n1,"', 'a\n"\n', '', '2,b'], 3n],
  ['large parts', cut(large, 300_000), 4_999_950_000n],
  ['many parts', cut(large, 1000), 4_999_950_000n],
])('a file in %s is stored as one upload', async (_, parts, total) => {
  const { client } = await serve()
  expect(await uploadParts(client, parts)).toMatchObject({
    error: '',
    id: 1n,
    columns: [
      { name: 'x', type: 'int64' },
      { name: 't', type: 'text' },
    ],
  })
  expect(await columnSum(client, 'x', 'csv')).toBe(total)
  expect(await columnSum(client, 'x', 'parquet')).toBe(total)
})

test('what is wrong with the file is told in the answer, and nothing of it is kept', async () => {
  const { client, dataDir } = await serve()
  expect((await uploadParts(client, [])).error).not.toBe('')
  expect((await uploadParts(client, ['x,y\n1', ',2\n3\n'])).error).toMatch(/^line 3: /)
  expect([...incoming(dataDir), ...stored(dataDir)]).toEqual([])
})

test('an upload in parts has the upload-id and name of its metadata', async () => {
  const { client } = await serve()
  const metadata = new Metadata()
  metadata.set('upload-id', randomUUID())
  metadata.set('upload-name', 'a.csv')
  for (const parts of [['x\n1\n'], ['x', '\n1\n']])
    expect(await uploadParts(client, parts, metadata)).toMatchObject({ error: '', id: 1n })
  metadata.set('upload-id', 'no')
  expect((await failureOf(uploadParts(client, ['x\n1\n'], metadata))).code).toBe(status.INVALID_ARGUMENT)
})

test('the limit of an upload is for all parts together, packed and unpacked', async () => {
  const { client, dataDir, port } = await serve({ limits: { uploadBytes: 10_000 } })
  const parts = ['x\n', ...Array<string>(9).fill('1\n'.repeat(500))]
  expect((await uploadParts(client, parts)).error).toBe('')
  const failure = await failureOf(uploadParts(client, [...parts, '1\n'.repeat(500)]))
  expect(failure.code).toBe(status.RESOURCE_EXHAUSTED)
  expect(failure.details).toContain('at most 10000 are allowed')

  const session = rawSession(port)
  const packed = rawCall(session, '/Table/UploadStream', { 'grpc-encoding': 'gzip' })
  for (let i = 0; i < 2; i++) await packed.write(frame(gzipSync(partMessage('1\n'.repeat(2600))), 1))
  packed.end()
  expect(await packed.answer).toMatchObject({ code: status.RESOURCE_EXHAUSTED })
  const empty = rawCall(session, '/Table/UploadStream')
  await empty.write(Buffer.alloc(5 * 2001))
  expect(await empty.answer).toMatchObject({ code: status.RESOURCE_EXHAUSTED })
  expect(incoming(dataDir)).toEqual([])
})

test('each part can be compressed or not', async () => {
  const { client, port } = await serve()
  const call = rawCall(rawSession(port), '/Table/UploadStream', { 'grpc-encoding': 'gzip' })
  await call.write(frame(partMessage('x\n1\n')))
  await call.write(frame(gzipSync(partMessage('20\n'.repeat(100_000))), 1))
  await call.write(frame(gzipSync(partMessage('300\n')), 1))
  await call.write(frame(partMessage('4000\n')))
  call.end()
  expect(await call.answer).toMatchObject({ code: 0 })
  expect(await columnSum(client, 'x')).toBe(2_004_301n)
})

test.each([
  [
    'ends inside a part',
    frame(partMessage('x\n1\n')).subarray(0, 7),
    'the request ended after a message that lacks 4 bytes',
  ],
  [
    'ends inside a prefix',
    Buffer.alloc(3),
    'the request ended after 3 bytes of the next message, before its length',
  ],
  ['has an unknown flag', frame(partMessage('1\n'), 2), 'the message starts with the byte 2, expected 0'],
  [
    'has two values in a part',
    frame(Buffer.concat([partMessage('1\n'), partMessage('2\n')])),
    'the request is not a protobuf message of type UploadPart: it has csv_data twice',
  ],
  ['has a part that is no message', frame(Buffer.from([0x0a, 0x7f])), 'it ends inside a field'],
])('a stream that %s is refused, and nothing of it is kept', async (_, bytes, problem) => {
  const { dataDir, port } = await serve()
  const call = rawCall(rawSession(port), '/Table/UploadStream')
  await call.write(frame(partMessage('x\n1\n')))
  await call.write(bytes)
  call.end()
  const { code, message } = await call.answer
  expect(code).toBe(status.INVALID_ARGUMENT)
  expect(message).toContain(problem)
  expect([...incoming(dataDir), ...stored(dataDir)]).toEqual([])
})

test('a client that stops sending parts is given up after the idle time', async () => {
  const { dataDir, port } = await serve({ limits: { idleTime: 1 } })
  const call = rawCall(rawSession(port), '/Table/UploadStream')
  await call.write(frame(partMessage('x\n1\n')))
  expect(await call.answer).toMatchObject({ code: status.DEADLINE_EXCEEDED })
  expect(incoming(dataDir)).toEqual([])
})

test('a client that goes away leaves nothing', async () => {
  const { client, dataDir, port } = await serve()
  const call = rawCall(rawSession(port), '/Table/UploadStream')
  await call.write(frame(partMessage(`x\n${'1\n'.repeat(400_000)}`)))
  call.cancel()
  await expect(call.answer).rejects.toThrow()
  expect((await uploadParts(client, ['x\n1\n'])).error).toBe('')
  expect(stored(dataDir)).toHaveLength(2)
})
