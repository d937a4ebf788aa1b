import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { afterEach, expect, test, vi } from 'vitest'

// A module that an earlier test file has loaded has counted the bytes and the objects of its tests.
vi.resetModules()
const { collectIfGrown, countReceived, MALLOC_VARIABLES, NODE_FLAGS } = await import(
  '../../src/config/tuning.ts'
)

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
  const before = used()
  for (let i = 0; i < 100; i++) collectIfGrown()
  expect(collect).not.toHaveBeenCalled()
  const kept = []
  while (used() < 2 * before) kept.push(Array.from({ length: 10_000 }, (_, i) => ({ i, text: `${i}` })))
  collectIfGrown()
  collectIfGrown()
  expect(collect).toHaveBeenCalledTimes(1)
  expect(kept).not.toEqual([])
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

function used(): number {
  return getHeapStatistics().used_heap_size
}
