import { ANSWER_BYTES, type PageRequest, type StoredUpload, type Table } from '@table/table'
import { expect, test } from 'vitest'
import { listUploads } from '../../src/service/listUploads.ts'

const first = { pageSize: 0, cursor: '', oldestFirst: false, receivedFrom: '', receivedBefore: '' }

/** Asks a table that has these ids on each page. Returns the answer and what the table was asked. */
async function asked(request: Partial<typeof first>, ids: number[] = [], more = false) {
  const requests: PageRequest[] = []
  const uploads = ids.map(id => ({ id }) as StoredUpload)
  const list = async (page: PageRequest) => {
    requests.push(page)
    return { uploads, more }
  }
  const answer = await listUploads({ list } as unknown as Table, { ...first, ...request })
  return { ...answer, request: requests[0] }
}

test('the first page has a hundred uploads, unless another number is asked for', async () => {
  const whole = {
    after: undefined,
    oldestFirst: false,
    receivedFrom: undefined,
    receivedBefore: undefined,
    uploads: 100,
    bytes: ANSWER_BYTES,
  }
  expect((await asked({})).request).toEqual(whole)
  for (const pageSize of [1, 1000])
    expect((await asked({ pageSize })).request).toEqual({ ...whole, uploads: pageSize })
  const times = { receivedFrom: '2026-01-02T00:00:00Z', receivedBefore: '2026-01-03T00:00:00+01:00' }
  expect((await asked(times)).request).toEqual({
    ...whole,
    receivedFrom: '2026-01-02T00:00:00.000Z',
    receivedBefore: '2026-01-02T23:00:00.000Z',
  })
})

test.each([true, false])(
  'the cursor of a page begins the next one: the oldest first is %s',
  async oldestFirst => {
    const { uploads, nextCursor } = await asked({ oldestFirst }, [7, 9], true)
    expect(uploads.map(({ id }) => id)).toEqual([7, 9])
    expect((await asked({ oldestFirst, cursor: nextCursor })).request).toMatchObject({
      after: 9,
      oldestFirst,
    })
    await expect(asked({ oldestFirst: !oldestFirst, cursor: nextCursor })).rejects.toMatchObject({
      code: 'invalid-data',
      message: expect.stringContaining('in the other order'),
    })
  },
)

test('the last page has no cursor', async () => {
  expect((await asked({}, [3])).nextCursor).toBe('')
  expect((await asked({}, [], true)).nextCursor).toBe('')
})

test.each([
  [{ pageSize: -1 }, 'page_size: found -1, expected 1 to 1000, or 0 for 100'],
  [{ pageSize: 1001 }, 'page_size: found 1001, expected 1 to 1000'],
  [{ cursor: 'older-than-0' }, 'cursor: found "older-than-0", expected the next_cursor of an earlier page'],
  [{ cursor: 'xolder-than-1' }, 'cursor: found'],
  [{ cursor: 'older-than-1x' }, 'cursor: found'],
  [{ cursor: 'older-than-1234567890123456' }, 'cursor: found'],
  [{ receivedFrom: 'today' }, 'received_from: found "today"'],
  [{ receivedBefore: 'today' }, 'received_before: found "today"'],
])('%j is refused', async (request, message) => {
  await expect(asked(request)).rejects.toMatchObject({
    code: 'invalid-data',
    message: expect.stringContaining(message),
  })
})
