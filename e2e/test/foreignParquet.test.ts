import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { sumParquetColumn } from '@table/storage'
import { afterAll, expect, test } from 'vitest'
import { runPython } from '../support/python.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const directory = temporaryDirectory()
afterAll(() => rmSync(directory, { recursive: true }))

test('the storage library sums integers of any width, encoding and codec that pyarrow writes', async () => {
  const sums: Record<string, string> = JSON.parse(
    await runPython('python/write_foreign.py', [directory], { environment: 'latest' }),
  )
  expect(Object.keys(sums).length).toBeGreaterThan(200)
  const found = Object.keys(sums).map(name => [name, String(sumParquetColumn(join(directory, name), 'v'))])
  expect(Object.fromEntries(found)).toEqual(sums)
})
