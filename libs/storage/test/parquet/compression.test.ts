import { expect, test } from 'vitest'
import { release } from '../../src/parquet/compression.ts'

test('the memory of released pages is freed at once', () => {
  const pages = { dictionary: new Uint8Array(10), data: new Uint8Array(10) }
  release(pages)
  expect([pages.dictionary.buffer.detached, pages.data.buffer.detached]).toEqual([true, true])
  const alone = { data: new Uint8Array(10) }
  release(alone)
  expect(alone.data.buffer.detached).toBe(true)
})
