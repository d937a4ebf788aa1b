import { expect, onTestFinished, test, vi } from 'vitest'

// An earlier test file may have set the log.
vi.resetModules()
const { log, setLog } = await import('../src/log.ts')

test('what is said goes to stderr, or to the log that is set', () => {
  const stderr = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => stderr.mockRestore())
  for (const level of ['info', 'warn', 'error'] as const) log[level](level)
  expect(stderr.mock.calls).toEqual([['info'], ['warn'], ['error']])
  const own = { info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  setLog(own)
  for (const level of ['info', 'warn', 'error'] as const) log[level](level)
  for (const level of ['info', 'warn', 'error'] as const)
    expect(own[level]).toHaveBeenCalledExactlyOnceWith(level)
  expect(stderr).toHaveBeenCalledTimes(3)
})
