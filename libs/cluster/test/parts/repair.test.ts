import { appendFileSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parts } from '../../../../testing/cluster/shared.ts'
import type { ClusterTable } from '../../src/clusterTable.ts'
import { SparkConnect } from '../../src/engine/sparkConnect.ts'
import { keyOf } from '../../src/objects/uploadObjects.ts'
import { repairUpload } from '../../src/repair.ts'
import { sweep } from '../../src/sweep.ts'
import { verifyObjects } from '../../src/verification.ts'
import { bodyOf, never, newDeployment, opened, uploaded } from '../support/table.ts'

/** With this age, in s, even what came just now is old. */
const OLD = -5

async function damaged(cluster: Parameters<typeof verifyObjects>[0]): Promise<string[]> {
  const found: string[] = []
  for await (const step of verifyObjects(cluster))
    if (typeof step !== 'number') found.push(step.problem.replace(/:.*/, ''))
  return found
}

const open = (deployment: ReturnType<typeof newDeployment>) =>
  opened(deployment, new SparkConnect(`sc://127.0.0.1:${parts.enginePort}`))

/** The sums that the engine and our kernels find in both formats. */
const sums = (table: ClusterTable) =>
  Promise.all(
    ['x', 't'].flatMap(column => ['csv', 'parquet'].map(format => table.columnSum(column, format, never))),
  )

async function csvOf(table: ClusterTable, id: number): Promise<string> {
  const file = await table.open(id, 'csv')
  const found: Uint8Array[] = []
  for await (const part of file?.parts() ?? []) found.push(part)
  return Buffer.concat(found).toString()
}

test('damaged Parquet objects are made again from their CSVs, and every server reads the new ones', async () => {
  const deployment = newDeployment()
  const [one, other] = [await open(deployment), await open(deployment)]
  const csvs = ['x,t\n1,"5"\n2,\n', 'x,t\n10,"007"\n', 't,x\n"8",100\n']
  for (const csv of csvs) await uploaded(one.table, csv)
  const right = [113n, 113n, 20n, 20n]
  for (const { table } of [one, other]) expect(await sums(table)).toEqual(right)
  const names = [1, 2, 3].map(id => one.cluster.uploads.particulars.get(id).object)
  const file = (i: number, format: 'csv' | 'parquet') =>
    join(deployment.folder, keyOf(names[i] as string, format))
  const bytes = readFileSync(file(0, 'parquet'))
  writeFileSync(file(0, 'parquet'), bytes.with(10, (bytes[10] as number) ^ 1))
  rmSync(file(1, 'parquet'))
  expect(await damaged(one.cluster)).toEqual(['upload 1, parquet', 'upload 2, parquet'])

  expect(await repairUpload(one.cluster, 1)).toBe(true)
  expect(await repairUpload(one.cluster, 2)).toBe(true)
  expect(await damaged(one.cluster)).toEqual([])
  const late = await open(deployment)
  for (const { table } of [one, other, late]) {
    expect(await sums(table)).toEqual(right)
    expect(await Promise.all([1, 2, 3].map(id => csvOf(table, id)))).toEqual(csvs)
    expect((await table.get(1, 1000))?.rows).toBe(2)
  }
  expect(await repairUpload(one.cluster, 4)).toBe(false)
  const isThere = (object: string) => existsSync(join(deployment.folder, keyOf(object, 'parquet')))
  const repaired = [1, 2].map(id => one.cluster.uploads.particulars.get(id).object)
  await other.table.delete(2)
  for (const { table } of [one, late]) expect((await sums(table))[0]).toBe(103n)
  // Somebody may be reading the objects of an upload that was deleted just now, however old they are.
  utimesSync(join(deployment.folder, keyOf(repaired[1] as string, 'parquet')), 0, 0)
  await sweep(one.cluster)
  expect(repaired.map(isThere)).toEqual([true, true])
  await sweep(one.cluster, OLD)
  expect(repaired.map(isThere)).toEqual([true, false])
  expect((await sums(other.table))[0]).toBe(103n)
})

test('an upload whose CSV is damaged too is not repaired', async () => {
  const deployment = newDeployment()
  const { table, cluster } = await open(deployment)
  await table.upload(bodyOf('x\n1\n'), {}, never)
  const object = cluster.uploads.particulars.get(1).object
  rmSync(join(deployment.folder, keyOf(object, 'parquet')))
  appendFileSync(join(deployment.folder, keyOf(object, 'csv')), '2\n')
  await expect(repairUpload(cluster, 1)).rejects.toThrow(/upload 1.*csv.* has 6 bytes, expected 4/)
  expect(await damaged(cluster)).toEqual(['upload 1, csv', 'upload 1, parquet'])
  expect(cluster.uploads.particulars.get(1).object).toBe(object)
})

test('an object that was brought back from a copy counts again after a repair', async () => {
  const deployment = newDeployment()
  const { table, cluster } = await open(deployment)
  for (const csv of ['x\n1\n', 'x\n2\n', 'x\n4\n']) await uploaded(table, csv)
  const csv = join(deployment.folder, keyOf(cluster.uploads.particulars.get(2).object, 'csv'))
  const later = Date.now() / 1000 + 60
  utimesSync(csv, later, later)
  await expect(table.columnSum('x', 'csv', never)).rejects.toThrow(/upload 2/)
  expect(await damaged(cluster)).toEqual(['upload 2, csv'])
  expect(await repairUpload(cluster, 2)).toBe(true)
  expect(await damaged(cluster)).toEqual([])
  expect(await table.columnSum('x', 'csv', never)).toBe(7n)
})
