import { once } from 'node:events'
import { Metadata, status } from '@grpc/grpc-js'
import { ServiceError, type ServiceErrorCode } from '@table/table'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { outcomeOf, StatusError, statusOf } from '../../src/grpc/status.ts'
import { log as serverLog } from '../../src/observe/log.ts'
import { rawSession, serve } from '../support/server.ts'

const log = vi.fn()
beforeEach(() => {
  const spy = vi.spyOn(serverLog, 'error').mockImplementation(log)
  log.mockClear()
  onTestFinished(() => spy.mockRestore())
})

test.each<[ServiceErrorCode, status]>([
  ['invalid-request', status.INVALID_ARGUMENT],
  ['unauthenticated', status.UNAUTHENTICATED],
  ['forbidden', status.PERMISSION_DENIED],
  ['too-large', status.RESOURCE_EXHAUSTED],
  ['disk-full', status.RESOURCE_EXHAUSTED],
  ['too-slow', status.DEADLINE_EXCEEDED],
  ['unavailable', status.UNAVAILABLE],
  ['cancelled', status.CANCELLED],
  ['damaged', status.DATA_LOSS],
  ['internal', status.INTERNAL],
])('%s is a status with its message', (code, expected) => {
  expect(statusOf(new ServiceError(code, 'so it is'))).toEqual({
    code: expected,
    outcome: code,
    details: 'so it is',
  })
  expect(log).not.toHaveBeenCalled()
})

test('an error that knows its status keeps all of it', () => {
  const metadata = new Metadata()
  metadata.set('retry', '1')
  const error = new StatusError(status.ABORTED, 'later', metadata)
  expect(statusOf(error)).toEqual({ code: status.ABORTED, details: 'later', metadata })
  expect(log).not.toHaveBeenCalled()
})

test('the client sees nothing of any other error, and the log has everything', () => {
  const error = new TypeError('a secret')
  expect(statusOf(error)).toEqual({ code: status.INTERNAL, outcome: 'internal', details: 'internal error' })
  expect(log.mock.calls).toEqual([[error]])
})

test('a shortage asks the client to try later, and the log says what to do about it', () => {
  const error = Object.assign(new Error('EMFILE: no more'), { code: 'EMFILE' })
  expect(statusOf(error)).toEqual({
    code: status.UNAVAILABLE,
    details: 'the server has too many open files: try again later',
  })
  expect(log.mock.calls).toEqual([[expect.stringContaining('ulimit -n')]])
})

test.each<[status, ServiceErrorCode]>([
  [status.CANCELLED, 'cancelled'],
  [status.DEADLINE_EXCEEDED, 'too-slow'],
  [status.NOT_FOUND, 'not-found'],
  [status.RESOURCE_EXHAUSTED, 'too-large'],
  [status.UNAVAILABLE, 'unavailable'],
  [status.UNIMPLEMENTED, 'unsupported'],
  [status.INVALID_ARGUMENT, 'invalid-request'],
  [status.INTERNAL, 'invalid-request'],
])('the log calls the status %i of gRPC alone %s', (code, outcome) => {
  expect(outcomeOf({ code, details: '' })).toBe(outcome)
  expect(outcomeOf({ code, details: '', outcome: 'damaged' })).toBe('damaged')
})

test('what is no call of gRPC is refused as HTTP has it', async () => {
  const session = rawSession((await serve()).port)
  for (const headers of [
    { ':method': 'GET' },
    { ':method': 'PUT' },
    { 'content-type': 'text/csv' },
    { 'content-type': 'x-application/grpc' },
  ]) {
    const stream = session.request({
      ':method': 'POST',
      ':path': '/Table/ColSum',
      'content-type': 'application/grpc',
      ...headers,
    })
    stream.end()
    const [answer] = (await once(stream, 'response')) as [Record<string, unknown>]
    expect([headers, answer[':status'], answer['grpc-status']]).toEqual([headers, 415, undefined])
  }
})
