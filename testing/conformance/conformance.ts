import type { Table } from '@table/table'
import { describe, expect, test } from 'vitest'
import type { Case } from './case.ts'
import { cases } from './cases/index.ts'

const formats = ['csv', 'parquet']
const never = new AbortController().signal

/** Tests an implementation of `Table`. Between the tests, the table is empty. */
export function conformance(table: () => Table): void {
  describe.for(cases)('$name', given => {
    test('both formats give the expected sums', async () => {
      await uploaded(table(), given, async () => {
        for (const [column, expected] of Object.entries(given.sums))
          for (const format of formats)
            expect
              .soft(await answer(table().columnSum(column, format, never)), `${column}, ${format}`)
              .toEqual(typeof expected === 'bigint' ? expected : expect.stringContaining(expected))
        for (const [column, expected] of Object.entries(given.stats ?? {}))
          for (const format of formats)
            expect
              .soft((await table().stats([column], format, never))[0], `${column}, ${format}`)
              .toMatchObject(expected)
      })
    })
  })
}

/** Does something while the uploads of a case are in the table. */
async function uploaded(table: Table, { uploads }: Case, use: () => Promise<void>): Promise<void> {
  const ids: number[] = []
  try {
    for (const csv of uploads) ids.push((await table.upload(body(csv), {}, never)).id)
    await use()
  } finally {
    for (const id of ids) await table.delete(id)
  }
}

async function* body(csv: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof csv === 'string' ? Buffer.from(csv) : csv
}

/** The answer, or the text that refuses it. */
async function answer(sum: Promise<bigint>): Promise<bigint | string> {
  return sum.catch(error => (error as Error).message)
}
