import { describe, expect, test } from 'vitest'
import { repairUpload } from '../../../src/repair.ts'
import { never, newDeployment, opened, uploaded } from '../../support/table.ts'

const sum = ({ table }: Awaited<ReturnType<typeof opened>>) => table.columnSum('x', 'parquet', never)

describe('after the catalogue was put back to an earlier state, a server that knows more', () => {
  async function putBack() {
    const deployment = newDeployment()
    const [one, other] = [await opened(deployment), await opened(deployment)]
    for (const x of [1, 20, 300]) await uploaded(one.table, `x\n${x}\n`)
    expect(await sum(other)).toBe(321n)
    await one.cluster.database.rows('DELETE FROM uploads WHERE id > 1')
    await one.cluster.database.rows('UPDATE head SET seq = 1')
    return { deployment, one, other }
  }

  test('answers no question until it is started again', async () => {
    const { deployment, one, other } = await putBack()
    for (const server of [one, other, one])
      await expect(sum(server)).rejects.toThrow('was put back to an earlier state')
    expect(await other.cluster.isReady()).toBe(false)
    expect(await sum(await opened(deployment))).toBe(1n)
  })

  test('answers none either when other uploads have taken the numbers of those that it knows', async () => {
    const { deployment, other } = await putBack()
    const late = await opened(deployment)
    for (const x of [4000, 50_000, 600_000, 7_000_000]) await uploaded(late.table, `x\n${x}\n`)
    expect(await sum(late)).toBe(7_654_001n)
    for (let i = 0; i < 2; i++) await expect(sum(other)).rejects.toThrow('was put back to an earlier state')
    // What it takes is stored.
    expect(await uploaded(other.table, 'x\n80000000\n')).toMatchObject({ id: 6 })
    expect(await sum(late)).toBe(87_654_001n)
  })
})

test('the change that a server knows last may be followed by a repair and a deletion of the same upload', async () => {
  const deployment = newDeployment()
  const [one, other, third] = [await opened(deployment), await opened(deployment), await opened(deployment)]
  for (const x of [1, 20, 300]) await uploaded(one.table, `x\n${x}\n`)
  const known = async () => {
    for (const server of [other, third]) await sum(server)
  }
  await known()
  expect(await repairUpload(one.cluster, 3)).toBe(true)
  expect(await sum(other)).toBe(321n)
  expect(await repairUpload(one.cluster, 3)).toBe(true)
  expect(await sum(other)).toBe(321n)
  await one.table.delete(3)
  for (const server of [one, other, third]) expect(await sum(server)).toBe(21n)
  await known()
  await one.table.delete(2)
  for (const server of [one, other, third]) expect(await sum(server)).toBe(1n)
})
