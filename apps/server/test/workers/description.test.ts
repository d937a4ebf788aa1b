import type { Store, UploadRuns } from '@table/storage'
import { expect, test } from 'vitest'
import { description } from '../../src/workers/description.ts'
import type { Pool } from '../../src/workers/pool.ts'

const upload = { csvBytes: 10, parquetBytes: 20 }

/** Describes a table of one upload with a column that is shown, and `more` others. Returns the answer and which columns were looked for. */
async function described(more: number) {
  const wanted: unknown[] = []
  const named = { columns: [{ name: 'x', types: [{ type: 'int64' as const, uploads: 1 }] }], more }
  const catalogue = {
    described: async (...most: unknown[]) => {
      wanted.push(most)
      return { uploads: [upload], named }
    },
  }
  const extentOf = async (_uploads: unknown, names: unknown, workers: number) => {
    wanted.push(names, workers)
    return { rows: 7, columns: new Map() }
  }
  const answer = await description(
    { catalogue } as unknown as Store,
    { workers: 3 } as Pool,
    { extentOf } as unknown as UploadRuns,
    { columns: 5, bytes: 100 },
    new Int32Array(1),
  )
  return { answer, wanted }
}

test('all columns are looked for if all are shown, else those that are', async () => {
  const whole = await described(0)
  expect(whole.wanted).toEqual([[5, 100], undefined, 3])
  expect(whole.answer).toMatchObject({ uploads: 1, rows: 7, csvBytes: 10, parquetBytes: 20, moreColumns: 0 })
  for (const more of [1, 9]) {
    const part = await described(more)
    expect(part.wanted).toEqual([[5, 100], ['x'], 3])
    expect(part.answer.moreColumns).toBe(more)
  }
})
