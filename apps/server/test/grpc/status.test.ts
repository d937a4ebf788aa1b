import { Metadata, status } from '@grpc/grpc-js'
import { StorageError, type StorageErrorCode } from '@table/storage'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { seenByClient } from '../../src/grpc/status.ts'
import { StatusError } from '../../src/grpc/statusError.ts'

const log = vi.fn()
beforeEach(() => {
  const spy = vi.spyOn(console, 'error').mockImplementation(log)
  log.mockClear()
  onTestFinished(() => spy.mockRestore())
})

test('what is wrong with the data is the error of the response', () => {
  expect(seenByClient(new StorageError('invalid', 'line 2: no'))).toEqual({ error: 'line 2: no' })
  expect(log).not.toHaveBeenCalled()
})

test.each<[StorageErrorCode, status]>([
  ['too-large', status.RESOURCE_EXHAUSTED],
  ['disk-full', status.RESOURCE_EXHAUSTED],
  ['unusable', status.UNAVAILABLE],
  ['cancelled', status.CANCELLED],
  ['heavy', status.INTERNAL],
])('%s is a status with its message', (code, expected) => {
  expect(seenByClient(new StorageError(code, 'so it is'))).toEqual({
    code: expected,
    details: 'so it is',
    metadata: new Metadata(),
  })
  expect(log).not.toHaveBeenCalled()
})

test('damage is a status and is logged', () => {
  expect(seenByClient(new StorageError('damaged', 'upload 1'))).toMatchObject({ code: status.DATA_LOSS })
  expect(log.mock.calls).toEqual([['upload 1']])
})

test('an error that knows its status keeps all of it', () => {
  const metadata = new Metadata()
  metadata.set('retry', '1')
  const error = new StatusError(status.ABORTED, 'later', metadata)
  expect(seenByClient(error)).toEqual({ code: status.ABORTED, details: 'later', metadata })
  expect(log).not.toHaveBeenCalled()
})

test('of any other error the client sees nothing, and the log everything', () => {
  const error = new TypeError('a secret')
  expect(seenByClient(error)).toEqual({
    code: status.INTERNAL,
    details: 'internal error',
    metadata: new Metadata(),
  })
  expect(log.mock.calls).toEqual([[error]])
})
