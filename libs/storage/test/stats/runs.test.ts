import { expect, test } from 'vitest'
import { listedUpload, UploadList } from '../../src/catalogue/uploadList.ts'
import type { UploadsExtent } from '../../src/stats/footers.ts'
import { emptyExtent } from '../../src/stats/partial.ts'
import { UploadRuns } from '../../src/stats/runs.ts'
import { takePieces } from '../../src/sum/sharedPieces.ts'
import { uploadOf } from '../support/directories.ts'

function snapshotOf(ids: readonly number[]) {
  const list = new UploadList()
  for (const id of ids) list.append(listedUpload(uploadOf(id)))
  return list.snapshot()
}

const upTo = (count: number, first = 1) => Array.from({ length: count }, (_, i) => first + i)

/** Asks, where an upload has its id as rows and as the only value of each name. Returns the sum of rows and what was read. */
async function asked(runs: UploadRuns, ids: readonly number[], names?: readonly string[], all = ['x']) {
  const read: number[] = []
  const found = await runs.extentOf(snapshotOf(ids), names, 2, async ({ files, names: wanted = all }) => {
    const extent: UploadsExtent = { rows: 0, columns: new Map(wanted.map(name => [name, emptyExtent()])) }
    for (const { id } of takePieces(files)) {
      read.push(id)
      extent.rows += id
      for (const column of extent.columns.values()) column.rows += id
    }
    return extent
  })
  return { rows: found.rows, columns: [...found.columns], read: read.sort((a, b) => a - b) }
}

const sum = (ids: readonly number[]) => ids.reduce((total, id) => total + id, 0)

test('each footer is read once, and later uploads add to what is known', async () => {
  const runs = new UploadRuns()
  const ids = upTo(3000)
  const first = await asked(runs, ids)
  expect(first).toMatchObject({ rows: sum(ids), read: ids })
  expect(first.columns).toEqual([['x', { ...emptyExtent(), rows: sum(ids) }]])
  expect(await asked(runs, ids)).toMatchObject({ rows: sum(ids), read: [] })
  const more = upTo(10, 3001)
  expect(await asked(runs, [...ids, ...more])).toMatchObject({ rows: sum([...ids, ...more]), read: more })
})

test('a removal makes its run read again, and no other', async () => {
  const runs = new UploadRuns()
  const ids = upTo(3000)
  await asked(runs, ids)
  const left = ids.filter(id => id !== 1500)
  const run = left.filter(id => id >= 1024 && id < 2048)
  expect(await asked(runs, left)).toMatchObject({ rows: sum(left), read: run })
  const later = ids.filter(id => id < 1024)
  expect(await asked(runs, later)).toMatchObject({ rows: sum(later), read: [] })
})

test('a run that does not know a wanted column is read again', async () => {
  const runs = new UploadRuns()
  const ids = upTo(10)
  await asked(runs, ids, ['x'])
  expect((await asked(runs, ids, ['x'])).read).toEqual([])
  expect((await asked(runs, ids, ['y'])).read).toEqual(ids)
  expect((await asked(runs, ids, undefined, ['x', 'y'])).read).toEqual(ids)
  // Whoever knows all columns knows each of them.
  expect((await asked(runs, ids, ['z'])).read).toEqual([])
})

test('more columns than are kept are read again, and the answer is the same', async () => {
  const runs = new UploadRuns()
  const ids = upTo(5000)
  const names = upTo(20_000).map(String)
  const first = await asked(runs, ids, names)
  const second = await asked(runs, ids, names)
  expect(second.rows).toBe(first.rows)
  expect(second.columns).toEqual(first.columns)
  expect(second.read.length).toBeGreaterThan(0)
  expect(second.read.length).toBeLessThan(ids.length)
})

test('after an error the next question reads what is missing', async () => {
  const runs = new UploadRuns()
  const failing = runs.extentOf(snapshotOf([1, 2]), undefined, 2, () => Promise.reject(new Error('no disk')))
  await expect(failing).rejects.toThrow('no disk')
  expect(await asked(runs, [1, 2])).toMatchObject({ rows: 3, read: [1, 2] })
})
