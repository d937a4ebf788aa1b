import { expect, test } from 'vitest'
import { cancellationOf, cancelledOnError, throwIfCancelled } from '../src/cancellation.ts'

const cancelled = expect.objectContaining({ code: 'cancelled' })

test('work is cancelled when its signal is aborted, and not before', () => {
  const controller = new AbortController()
  const cancellation = cancellationOf(controller.signal)
  expect(cancellation.buffer).toBeInstanceOf(SharedArrayBuffer)
  throwIfCancelled(cancellation)
  controller.abort()
  expect(() => throwIfCancelled(cancellation)).toThrow(cancelled)
  expect(() => throwIfCancelled(cancellationOf(AbortSignal.abort()))).toThrow(cancelled)
  throwIfCancelled(undefined)
})

test('an error of one worker cancels the others, and a value does not', async () => {
  const cancellation = cancellationOf(new AbortController().signal)
  expect(await cancelledOnError(cancellation, Promise.resolve(7))).toBe(7)
  throwIfCancelled(cancellation)
  const error = new Error('so it is')
  await expect(cancelledOnError(cancellation, Promise.reject(error))).rejects.toBe(error)
  expect(() => throwIfCancelled(cancellation)).toThrow(cancelled)
})
