import { UploadRuns } from '@table/storage'
import { expect, test } from 'vitest'
import type { Database } from '../../src/catalogue/database.ts'
import { description } from '../../src/description.ts'
import { opened, uploaded } from '../support/table.ts'

const most = { columns: 10, bytes: 1000 }

test('an upload that is deleted while the table is described is in all of the description or in nothing of it', async () => {
  const { table, cluster } = await opened()
  for (const csv of ['x\n1\n2\n', 'x\n3\n', 'x\n4\n5\n6\n7\n']) await uploaded(table, csv)
  const deletions = [1, 2]
  const rows: Database['rows'] = async (...statement) => {
    const id = deletions.pop()
    if (id !== undefined) await table.delete(id)
    return cluster.database.rows(...statement)
  }
  const described = await description({ ...cluster, database: { rows } as Database }, new UploadRuns(), most)
  expect(described).toMatchObject({ uploads: 1, rows: 4, csvBytes: 10 })
  expect(described.columns).toMatchObject([{ name: 'x', uploads: 1, rows: 4, min: '4', max: '7' }])
})

test('while uploads are deleted all the time, a description fails and says so', async () => {
  const { table, cluster } = await opened()
  for (let i = 0; i < 30; i++) await uploaded(table, 'x\n1\n')
  let deleted = 0
  const rows: Database['rows'] = async (...statement) => {
    await table.delete(++deleted)
    return cluster.database.rows(...statement)
  }
  const busy = { ...cluster, database: { rows } as Database }
  await expect(description(busy, new UploadRuns(), most)).rejects.toMatchObject({ code: 'unusable' })
  expect(await table.describe(most)).toMatchObject({ uploads: 30 - deleted, rows: 30 - deleted })
})

test('an upload of which the catalogue does not know what is in it makes a description fail', async () => {
  const { table, cluster } = await opened()
  await uploaded(table, 'x\n1\n')
  await cluster.database.rows('DELETE FROM extents')
  await expect(table.describe(most)).rejects.toMatchObject({ code: 'damaged' })
})
