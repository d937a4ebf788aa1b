import type { UploadResult } from '@table/table'
import { expect, test } from 'vitest'
import type { Call } from '../../src/grpc/call.ts'
import type { Context } from '../../src/grpc/handler.ts'
import { store } from '../../src/grpc/upload.ts'
import { CallRecord } from '../../src/observe/callRecord.ts'

async function* csv() {
  yield Buffer.from('x\n1\n')
}

/** Uploads to a table that answers with this result. Returns the answer, the record of the call and what the table got. */
async function stored(result: Partial<UploadResult>, headers: Record<string, string[]> = {}) {
  const whole: UploadResult = {
    id: 7,
    isNew: true,
    rows: 2,
    csvBytes: 30,
    columns: [],
    warnings: [],
    ...result,
  }
  const got: unknown[] = []
  const table = {
    upload: async (_body: unknown, options: unknown) => {
      got.push(options)
      return whole
    },
  }
  const admission = {
    upload: <T>(work: () => T) => work(),
    connections: { during: <T>(_peer: string, work: () => T) => work() },
  }
  const record = new CallRecord('127.0.0.1:7', () => undefined)
  const call = {
    session: undefined,
    peer: '127.0.0.1:7',
    headers: { get: (name: string) => headers[name] ?? [] },
    signal: new AbortController().signal,
    record,
  }
  const answer = await store({ table, admission } as unknown as Context, csv(), call as unknown as Call)
  return { answer, record, got }
}

test('the answer has what was stored, and so has the record of the call', async () => {
  const columns = [{ name: 'x', type: 'int64' }]
  const { answer, record, got } = await stored(
    { columns, warnings: ['careful'] },
    { 'upload-name-bin': [Buffer.from('é.csv').toString('base64')] },
  )
  expect(answer).toEqual({ error: '', id: 7n, rows: 2n, columns, warnings: ['careful'] })
  expect(record).toMatchObject({ upload: 7, rows: 2, bytes: 30, isStored: true })
  expect(got).toEqual([expect.objectContaining({ name: 'é.csv' })])
})

test('columns that would make the answer too large are left out, with a warning', async () => {
  const columns = Array.from({ length: 1000 }, (_, i) => ({ name: `${i}`.padEnd(4000, 'é'), type: 'int64' }))
  const { answer } = await stored({ columns, warnings: ['careful'] })
  expect(answer).toEqual({
    error: '',
    id: 7n,
    rows: 2n,
    columns: [],
    warnings: [
      'careful',
      expect.stringMatching(
        /^the columns are left out of this answer: they would take 8\d{6} bytes, at most 3145728 /,
      ),
    ],
  })
})

test('an upload has one name', async () => {
  for (const headers of [
    { 'upload-name': ['a', 'b'] },
    { 'upload-name': ['a'], 'upload-name-bin': ['Yg=='] },
  ])
    await expect(stored({}, headers)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('found 2 names'),
    })
  await expect(stored({}, { 'upload-name-bin': ['/w=='] })).rejects.toMatchObject({
    message: expect.stringContaining('found bytes that are not UTF-8'),
  })
})
