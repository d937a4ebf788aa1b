import type { Table } from '@table/table'
import { describe, expect, test } from 'vitest'
import { behaviours } from './behaviours.ts'
import type { Case } from './case.ts'
import { cases } from './cases/index.ts'
import { refusals } from './cases/refusals.ts'
import { emptied, formats, ids, never, upload } from './questions.ts'

/** Tests an implementation of `Table`. The table is empty before each test and after it. */
export function conformance(table: () => Table): void {
  test.for(cases)('sums of $name', given => emptied(table(), () => checkCase(table(), given)))

  test.for(refusals)('a refusal of $name', ({ csv, why }) =>
    emptied(table(), async () => {
      const message = expect.stringContaining(why)
      await expect(upload(table(), csv)).rejects.toMatchObject({ code: 'invalid-data', message })
      expect(await ids(table())).toEqual([])
    }),
  )

  describe('uploads', () => behaviours(table))
}

async function checkCase(table: Table, { uploads, sums, stats = {} }: Case): Promise<void> {
  for (const csv of uploads) await upload(table, csv)
  for (const format of formats) {
    for (const [column, expected] of Object.entries(sums)) {
      const found = await table.columnSum(column, format, never).catch(error => (error as Error).message)
      const wanted = typeof expected === 'bigint' ? expected : expect.stringContaining(expected)
      expect.soft(found, `sum of ${column}, ${format}`).toEqual(wanted)
    }
    for (const [column, expected] of Object.entries(stats))
      expect
        .soft(await table.stats([column], format, never), `${column}, ${format}`)
        .toMatchObject([expected])
  }
}
