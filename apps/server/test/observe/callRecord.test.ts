import { expect, test } from 'vitest'
import { CallRecord, now } from '../../src/observe/callRecord.ts'

const recordWith = (headers: Record<string, string> = {}) =>
  new CallRecord('127.0.0.1:7', name => headers[name])

test.each(['a', 'A.z_0:/+=-', 'x'.repeat(64)])('the request id %s is kept', id => {
  expect(recordWith({ 'x-request-id': id }).requestId).toBe(id)
})

test.each(['', 'x'.repeat(65), 'a b', 'a\n', '"', 'ä'])('the request id %j is replaced', id => {
  const record = recordWith({ 'x-request-id': id })
  expect(record.requestId).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
  expect(recordWith().requestId).not.toBe(record.requestId)
})

const [trace, span] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']
test.each([
  [`00-${trace}-${span}-01`, true],
  [`00-${trace}-${span}-01-more`, false],
  [`x00-${trace}-${span}-01`, false],
  [`00-${'0'.repeat(32)}-${span}-01`, false],
  [`00-${trace}-${'0'.repeat(16)}-01`, false],
  [`00-${trace.toUpperCase()}-${span}-01`, false],
])('the parent %s counts: %s', (traceparent, counts) => {
  expect(recordWith({ traceparent }).traceparent).toBe(counts ? traceparent : undefined)
})

test('a call without an outcome has lost its client', () => {
  expect(recordWith()).toMatchObject({
    method: 'unknown',
    isProbe: false,
    outcome: 'cancelled',
    reason: 'the client went away',
  })
})

test('the first failure counts, also after a success', () => {
  const record = recordWith()
  record.succeeded()
  expect(record).toMatchObject({ outcome: 'ok', reason: undefined })
  record.failed('damaged', 'upload 1')
  record.failed('internal', 'later')
  record.succeeded()
  expect(record).toMatchObject({ outcome: 'damaged', reason: 'upload 1' })
})

test.each([
  ['x'.repeat(200), 'x'.repeat(200)],
  ['x'.repeat(201), `${'x'.repeat(200)}…`],
  [`${'x'.repeat(199)}\u{1f600}`, `${'x'.repeat(199)}\ufffd…`],
])('a reason has at most 200 characters: %s', (reason, shown) => {
  const record = recordWith()
  record.failed('invalid-data', reason)
  expect(record.reason).toBe(shown)
})

test('an upload has what was stored, and an answer the bytes of all its parts', () => {
  const upload = recordWith()
  upload.stored({ id: 7, rows: 2, csvBytes: 30, isNew: false })
  expect(upload).toMatchObject({ upload: 7, rows: 2, bytes: 30, isStored: false })
  const answer = recordWith()
  expect(answer).toMatchObject({ upload: undefined, rows: undefined, bytes: undefined, isStored: false })
  answer.sent(3)
  answer.sent(4)
  expect(answer.bytes).toBe(7)
})

test('a call begins now', () => {
  const [before, { began }, after] = [now(), recordWith(), now()]
  expect(began).toBeGreaterThanOrEqual(before)
  expect(began).toBeLessThanOrEqual(after)
  expect(Math.abs(Date.now() - after)).toBeLessThan(60_000)
})
