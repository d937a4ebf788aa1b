import { randomBytes } from 'node:crypto'
import { statSync, writeFileSync } from 'node:fs'
import { storedFile } from '@table/storage'
import { expect, test } from 'vitest'
import { migrate } from '../../src/migration.ts'
import { dataDirectory } from '../support/directory.ts'
import { never, opened } from '../support/table.ts'

test('an upload that took the upload id of a deleted one is copied after that one', async () => {
  const { table, cluster } = await opened()
  const { dataDir, put, remove } = dataDirectory()
  const uploadId = randomBytes(16)
  put(1, 'x\n1\n', uploadId)
  expect(await migrate(cluster, dataDir)).toEqual({ copied: 1, present: 0, removed: 0 })
  remove(1)
  put(2, 'x\n20\n', uploadId)
  expect(await migrate(cluster, dataDir)).toEqual({ copied: 1, present: 0, removed: 1 })
  expect(await table.columnSum('x', 'csv', never)).toBe(20n)
})

test.each(['csv', 'parquet'] as const)(
  'a small upload whose %s file a power cut has lost is not copied before the directory is repaired',
  async format => {
    const { table, cluster } = await opened()
    const { dataDir, start, put } = dataDirectory()
    put(1, 'x\n1\n')
    const path = storedFile(dataDir, 1, format)
    const lost = new Uint8Array(statSync(path).size)
    writeFileSync(path, lost)
    await expect(migrate(cluster, dataDir)).rejects.toMatchObject({
      code: 'damaged',
      message: `upload 1: ${path} has other bytes than when it was stored: repair the directory first`,
    })
    start()
    expect(await migrate(cluster, dataDir)).toMatchObject({ copied: 1 })
    for (const each of ['csv', 'parquet']) expect(await table.columnSum('x', each, never)).toBe(1n)
  },
)
