import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sweep } from '../../src/sweep.ts'
import { newDeployment, opened, uploaded } from '../support/table.ts'

/** With this age, in s, even what came just now is old. */
const OLD = -5

test('the objects of deleted uploads, and those without a row, are removed when they are old', async () => {
  const deployment = newDeployment()
  const { table, cluster } = await opened(deployment)
  const files = () => ['csv', 'parquet'].flatMap(format => readdirSync(join(deployment.folder, format)))
  const { id } = await uploaded(table, 'x\n1\n')
  await uploaded(table, 'x\n2\n')
  const stray = '0190a000-0000-7000-8000-000000000000'
  await cluster.objects.put(`csv/${stray}.csv`, Buffer.from('x\n'))
  await cluster.objects.put('csv/somebody-else.csv', Buffer.from('x\n'))
  await table.delete(id)
  await sweep(cluster)
  expect(files()).toHaveLength(6)
  await sweep(cluster, OLD)
  expect(files()).toHaveLength(3)
  expect(files()).toContain('somebody-else.csv')
  expect(await table.columnSum('x', 'csv', new AbortController().signal)).toBe(2n)
})
