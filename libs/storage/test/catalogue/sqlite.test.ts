import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isBusy, isIoError, translatedSqliteError } from '../../src/catalogue/sqlite.ts'
import { observeFileOperations } from '../../src/files.ts'
import { temporaryDirectory } from '../support/directories.ts'

const failure = (errcode: unknown) => Object.assign(new Error('so it is'), { errcode })

test.each([
  [13, 'disk-full', 'no space left on the disk to write /data/catalogue.db'],
  [11, 'damaged', '/data/catalogue.db is not a readable catalogue (so it is): restore'],
  [26, 'damaged', '/data/catalogue.db is not a readable catalogue (so it is): restore'],
  // An extended code of the same failure.
  [11 + 256, 'damaged', '/data/catalogue.db is not a readable catalogue'],
])('the result code %i is %s', (code, expected, message) => {
  const error = failure(code)
  expect(translatedSqliteError(error, '/data/catalogue.db')).toMatchObject({
    code: expected,
    message: expect.stringContaining(message),
    cause: error,
  })
})

test('clients learn of damage without the path', () => {
  expect(translatedSqliteError(failure(11), '/data/catalogue.db')).toMatchObject({
    forClients: expect.not.stringContaining('/data'),
  })
})

test('a catalogue that cannot be opened is a shortage if nothing can be opened', () => {
  const path = join(temporaryDirectory(), 'catalogue.db')
  const error = failure(14)
  expect(translatedSqliteError(error, path)).toBe(error)
  onTestFinished(() => observeFileOperations(undefined))
  observeFileOperations(({ kind }) => {
    if (kind === 'list') throw Object.assign(new Error('no more'), { code: 'EMFILE' })
  })
  expect(translatedSqliteError(error, path)).toMatchObject({ code: 'exhausted' })
  observeFileOperations(() => {
    throw Object.assign(new Error('no such folder'), { code: 'ENOENT' })
  })
  expect(translatedSqliteError(error, path)).toBe(error)
})

test.each([undefined, null, new Error('so it is'), failure('13'), failure(1)])('%o stays as it is', error => {
  expect(translatedSqliteError(error, '/data/catalogue.db')).toBe(error)
  expect([isBusy(error), isIoError(error)]).toEqual([false, false])
})

test('the busy and the failing disk are told apart, whatever the extended code', () => {
  for (const code of [5, 5 + 512])
    expect([isBusy(failure(code)), isIoError(failure(code))]).toEqual([true, false])
  for (const code of [10, 10 + 1024])
    expect([isBusy(failure(code)), isIoError(failure(code))]).toEqual([false, true])
})
