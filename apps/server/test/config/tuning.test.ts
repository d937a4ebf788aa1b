import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { collectIfGrown, countReceived, MALLOC_VARIABLES, NODE_FLAGS } from '../../src/config/tuning.ts'

const collect = vi.fn()
const own = globalThis.gc

afterEach(() => {
  globalThis.gc = own
  collect.mockReset()
})

test('old objects are collected when they have grown, and not before', () => {
  globalThis.gc = collect as unknown as typeof globalThis.gc
  collectIfGrown()
  collect.mockReset()
  for (let i = 0; i < 100; i++) collectIfGrown()
  expect(collect).not.toHaveBeenCalled()
  const kept = Array.from({ length: 1_000_000 }, (_, i) => ({ i, text: `${i}` }))
  collectIfGrown()
  collectIfGrown()
  expect(collect).toHaveBeenCalledTimes(1)
  expect(kept).toHaveLength(1_000_000)
})

test('network buffers are collected with the young objects, after every 3 MiB of them', () => {
  globalThis.gc = collect as unknown as typeof globalThis.gc
  for (let i = 0; i < 100; i++) countReceived(64 * 1024)
  expect(collect.mock.calls).toEqual([[{ type: 'minor' }], [{ type: 'minor' }]])
})

test('the start script sets exactly what tuning.ts explains', () => {
  const script = readFileSync(join(import.meta.dirname, '../../start'), 'utf8')
  expect(script.match(/--[a-z][a-z-]*(=\d+)?/g)).toEqual(NODE_FLAGS)
  expect(script.match(/[A-Z_]+=\d+/g)).toEqual(MALLOC_VARIABLES)
})
