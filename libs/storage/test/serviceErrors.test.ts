import { ServiceError, type ServiceErrorCode } from '@table/table'
import { expect, onTestFinished, test, vi } from 'vitest'
import { StorageError, type StorageErrorCode } from '../src/errors.ts'
import { setLog } from '../src/log.ts'
import { forService, translated, translatedFile, translatedParts } from '../src/serviceErrors.ts'

function logged() {
  const log = vi.fn()
  setLog({ info: log, warn: log, error: log })
  onTestFinished(() => setLog({ info: console.error, warn: console.error, error: console.error }))
  return log
}

test.each<[StorageErrorCode, ServiceErrorCode]>([
  ['invalid', 'invalid-data'],
  ['too-large', 'too-large'],
  ['disk-full', 'disk-full'],
  ['exhausted', 'unavailable'],
  ['unusable', 'unavailable'],
  ['undecided', 'unavailable'],
  ['cancelled', 'cancelled'],
  ['heavy', 'internal'],
])('%s of the storage is %s for clients', (code, expected) => {
  const log = logged()
  expect(forService(new StorageError(code, 'so it is'))).toEqual(new ServiceError(expected, 'so it is'))
  expect(forService(new StorageError(code, 'so it is'))).toMatchObject({ code: expected })
  expect(log).not.toHaveBeenCalled()
})

test('damage and what clients must not see are logged', () => {
  const log = logged()
  expect(forService(new StorageError('damaged', 'upload 1'))).toMatchObject({ code: 'damaged' })
  const error = new StorageError('disk-full', '/data is full', { forClients: 'the disk is full' })
  expect(forService(error)).toMatchObject({ code: 'disk-full', message: 'the disk is full' })
  expect(log.mock.calls).toEqual([['upload 1'], ['/data is full']])
})

test('an error from outside the storage stays as it is, unless it is a shortage', () => {
  logged()
  const error = new TypeError('a secret')
  expect(forService(error)).toBe(error)
  const shortage = Object.assign(new Error('no more'), { code: 'EMFILE' })
  expect(forService(shortage)).toMatchObject({ name: 'ServiceError', code: 'unavailable' })
})

test('work, parts and files pass on what they have, and their storage errors are for clients', async () => {
  logged()
  expect(await translated(Promise.resolve(7))).toBe(7)
  const tooLarge = new StorageError('too-large', 'so it is')
  const refusal = { name: 'ServiceError', code: 'too-large' }
  await expect(translated(Promise.reject(tooLarge))).rejects.toMatchObject(refusal)
  async function* broken() {
    yield Buffer.from('a')
    throw tooLarge
  }
  const seen: Uint8Array[] = []
  const read = async (parts: AsyncIterable<Uint8Array>) => {
    for await (const part of parts) seen.push(part)
  }
  await expect(read(translatedParts(broken()))).rejects.toMatchObject(refusal)
  const range = vi.fn(broken)
  const close = vi.fn(async () => {})
  const file = translatedFile({ bytes: 5, version: '5-a', parts: broken, range, close })
  expect(file).toMatchObject({ bytes: 5, version: '5-a' })
  await expect(read(file.parts())).rejects.toMatchObject(refusal)
  await expect(read(file.range(1, 3))).rejects.toMatchObject(refusal)
  expect(range).toHaveBeenCalledExactlyOnceWith(1, 3)
  expect(seen).toEqual(Array.from({ length: 3 }, () => Buffer.from('a')))
  await file.close()
  expect(close).toHaveBeenCalledOnce()
})
