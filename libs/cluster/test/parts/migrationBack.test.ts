import { randomBytes } from 'node:crypto'
import { readUploads } from '@table/storage'
import { expect, test } from 'vitest'
import { migrate } from '../../src/migration.ts'
import { migrateBack } from '../../src/migrationBack.ts'
import { dataDirectory } from '../support/directory.ts'
import { opened, uploaded } from '../support/table.ts'

const idsOf = (dataDir: string) => readUploads(dataDir).map(({ id }) => id)

test('a directory with other uploads under the numbers of the cluster is left as it is', async () => {
  const { table, cluster } = await opened()
  const { dataDir, put, remove } = dataDirectory()
  for (const id of [1, 2, 3]) put(id, `x\n${id}\n`)
  remove(2)
  await migrate(cluster, dataDir)
  await uploaded(table, 'x\n4\n')
  // The cluster has the directory's upload 3 as number 2, and another one as number 3.
  await expect(migrateBack(cluster, dataDir)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining(`upload 3 of ${dataDir} is not upload 3 of the cluster`),
  })
  expect(idsOf(dataDir)).toEqual([1, 3])
})

test('a copy that has an upload which the cluster has not is left as it is', async () => {
  const { table, cluster } = await opened()
  const { dataDir, remove } = dataDirectory()
  const uploadId = randomBytes(16)
  await uploaded(table, 'x\n1\n', { uploadId })
  await uploaded(table, 'x\n2\n')
  expect(await migrateBack(cluster, dataDir)).toEqual({ copied: 2, present: 0 })
  await table.delete(1)
  await uploaded(table, 'x\n30\n', { uploadId })
  await expect(migrateBack(cluster, dataDir)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining(`table-cli rm 1 --data-dir ${dataDir}`),
  })
  expect(idsOf(dataDir)).toEqual([1, 2])
  remove(1)
  expect(await migrateBack(cluster, dataDir)).toEqual({ copied: 1, present: 1 })
  expect(idsOf(dataDir)).toEqual([2, 4])
})
