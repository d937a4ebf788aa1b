import { StorageError } from '@table/storage'
import { ServiceError, type ServiceErrorCode } from '@table/table'
import { afterEach, expect, test, vi } from 'vitest'
import { HttpError, problemOf } from '../../src/http/problem.ts'
import { log } from '../../src/observe/log.ts'

const logged = vi.spyOn(log, 'error').mockImplementation(() => {})
afterEach(() => logged.mockClear())

test.each<[ServiceErrorCode, number, string, Record<string, unknown>]>([
  ['invalid-data', 422, 'Unprocessable Content', {}],
  ['invalid-request', 400, 'Bad Request', {}],
  ['not-found', 404, 'Not Found', {}],
  ['unauthenticated', 401, 'Unauthorized', { 'www-authenticate': 'Bearer realm="table"' }],
  ['forbidden', 403, 'Forbidden', {}],
  ['too-large', 413, 'Content Too Large', {}],
  ['disk-full', 507, 'Insufficient Storage', {}],
  ['too-slow', 408, 'Request Timeout', {}],
  ['unavailable', 503, 'Service Unavailable', { 'retry-after': 1 }],
  ['cancelled', 503, 'Service Unavailable', { 'retry-after': 1 }],
  ['damaged', 500, 'Internal Server Error', {}],
  ['unsupported', 501, 'Not Implemented', {}],
  ['internal', 500, 'Internal Server Error', {}],
])('%s is %i %s', (code, status, title, headers) => {
  expect(problemOf(new ServiceError(code, 'so it is'))).toEqual({
    problem: { title, status, detail: 'so it is', code },
    headers,
  })
  expect(logged).not.toHaveBeenCalled()
})

test.each([
  [404, 'Not Found', 'not-found'],
  [405, 'Method Not Allowed', 'invalid-request'],
  [406, 'Not Acceptable', 'invalid-request'],
  [411, 'Length Required', 'invalid-request'],
  [413, 'Content Too Large', 'too-large'],
  [415, 'Unsupported Media Type', 'invalid-request'],
  [416, 'Range Not Satisfiable', 'invalid-request'],
  [431, 'Request Header Fields Too Large', 'too-large'],
  [418, 'Error', 'invalid-request'],
])('an error of HTTP, %i, is %s', (status, title, code) => {
  expect(problemOf(new HttpError(status, 'so it is', { allow: 'GET' }))).toEqual({
    problem: { title, status, detail: 'so it is', code },
    headers: { allow: 'GET' },
  })
  expect(problemOf(new HttpError(status, 'so it is')).headers).toEqual({})
})

test.each<[ServiceErrorCode, string, Record<string, number>]>([
  ['invalid-data', 'line 12, column 3: found', { line: 12, column: 3 }],
  ['invalid-data', 'line 12: found', { line: 12 }],
  ['too-large', 'line 2, column "x": found', { line: 2 }],
  ['invalid-data', 'in line 2', {}],
  ['invalid-data', 'line 2nd', {}],
  ['not-found', 'line 12, column 3: found', {}],
])('the place of %s: %s', (code, message, place) => {
  const { title, status, detail, code: found, ...rest } = problemOf(new ServiceError(code, message)).problem
  expect(rest).toEqual(place)
})

test('what the client must not see is logged', () => {
  const error = new TypeError('a secret')
  expect(problemOf(error)).toEqual({
    problem: { title: 'Internal Server Error', status: 500, detail: 'internal error', code: 'internal' },
    headers: {},
  })
  expect(logged.mock.calls).toEqual([[error]])
})

test('a shortage can be over soon', () => {
  const { problem, headers } = problemOf(Object.assign(new Error('open /data/x'), { code: 'EMFILE' }))
  expect(problem).toMatchObject({ status: 503, code: 'unavailable', title: 'Service Unavailable' })
  expect(problem.detail).not.toContain('/data')
  expect(headers).toEqual({ 'retry-after': 1 })
  expect(logged).toHaveBeenCalledOnce()
  expect(logged.mock.calls[0]?.[0]).not.toBeInstanceOf(StorageError)
})

test('a detail is Unicode', () => {
  expect(problemOf(new ServiceError('invalid-data', 'a\ud83d')).problem.detail).toBe('a\ufffd')
})
