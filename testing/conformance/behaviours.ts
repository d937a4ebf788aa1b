import { randomBytes } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { Table } from '@table/table'
import { expect, test } from 'vitest'
import { History } from '../../bench/history/history.ts'
import { body, emptied, firstPage, formats, ids, never, sums, upload, whole } from './questions.ts'

/** Tests what a table does with uploads, whatever is in them. */
export function behaviours(table: () => Table): void {
  const onEmpty = (name: string, check: (table: Table) => Promise<void>) =>
    test(name, () => emptied(table(), () => check(table())))

  onEmpty('an upload with an id counts once', async table => {
    const uploadId = randomBytes(16)
    const first = await upload(table, 'a\n5\n', uploadId)
    const repeated = await Promise.all([1, 2, 3].map(() => upload(table, 'a\n5\n', uploadId)))
    expect(new Set(repeated.map(({ id }) => id))).toEqual(new Set([first.id]))
    expect(await sums(table, 'a')).toEqual([5n, 5n])
  })

  onEmpty('uploads with one id that come at once count once', async table => {
    const uploadId = randomBytes(16)
    const answers = await Promise.all([1, 2, 3, 4].map(() => upload(table, 'a\n5\n', uploadId)))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(await sums(table, 'a')).toEqual([5n, 5n])
  })

  onEmpty('other bytes under an id are refused', async table => {
    const uploadId = randomBytes(16)
    await upload(table, 'a\n5\n', uploadId)
    const why = expect.stringContaining('other bytes were uploaded under it')
    await expect(upload(table, 'a\n6\n', uploadId)).rejects.toMatchObject({
      code: 'invalid-data',
      message: why,
    })
    expect(await sums(table, 'a')).toEqual([5n, 5n])
  })

  onEmpty('the id of a refused upload is free', async table => {
    const uploadId = randomBytes(16)
    await expect(upload(table, 'a\n1,2\n', uploadId)).rejects.toMatchObject({ code: 'invalid-data' })
    await upload(table, 'a\n5\n', uploadId)
    expect(await sums(table, 'a')).toEqual([5n, 5n])
  })

  onEmpty('a deleted upload is gone for every question, and its id is free', async table => {
    const uploadId = randomBytes(16)
    const { id } = await upload(table, 'a,b\n5,x\n', uploadId)
    const { id: other } = await upload(table, 'a\n7\n')
    expect(await table.delete(id)).toBe(true)
    expect(await table.delete(id)).toBe(false)
    expect(await sums(table, 'a')).toEqual([7n, 7n])
    expect(await sums(table, 'b')).toEqual([0n, 0n])
    expect(await table.get(id, 1e6)).toBeUndefined()
    expect(await table.open(id, 'csv')).toBeUndefined()
    expect(await ids(table)).toEqual([other])
    expect(await table.stats(['a'], 'csv', never)).toMatchObject([{ rows: 1, sum: '7' }])
    expect(await table.describe({ columns: 10, bytes: 1e6 }, never)).toMatchObject({ uploads: 1, rows: 1 })
    expect((await upload(table, 'a\n6\n', uploadId)).id).not.toBe(id)
    expect(await sums(table, 'a')).toEqual([13n, 13n])
  })

  onEmpty('what was uploaded comes back byte for byte', async table => {
    const csv = Buffer.from(`a,b\r\n${'1,"x\ny"\r\n'.repeat(50_000)}`)
    const { id, rows, columns } = await upload(table, csv)
    expect({ rows, columns }).toEqual({
      rows: 50_000,
      columns: [
        { name: 'a', type: 'int64' },
        { name: 'b', type: 'text' },
      ],
    })
    const file = await table.open(id, 'csv')
    expect(file?.bytes).toBe(csv.length)
    expect(csv.equals(await whole(file?.parts()))).toBe(true)
    await file?.close()
    const again = await table.open(id, 'csv')
    expect(again?.version).toBe(file?.version)
    expect(await whole(again?.range(100_000, 300_001))).toEqual(csv.subarray(100_000, 300_001))
    await again?.close()
    const parquet = await table.open(id, 'parquet')
    expect((await whole(parquet?.parts())).subarray(0, 4).toString()).toBe('PAR1')
    await parquet?.close()
    expect(await table.get(id, 1e6)).toMatchObject({
      id,
      rows,
      columns,
      csvBytes: csv.length,
      parquetBytes: parquet?.bytes,
    })
  })

  onEmpty('uploads are listed page by page, with their names and ids', async table => {
    const uploadIds = [1, 2, 3, 4, 5].map(() => randomBytes(16))
    const made = []
    for (const [i, uploadId] of uploadIds.entries())
      made.push((await upload(table, `a\n${i}\n`, uploadId, `${i}.csv`)).id)
    expect(made).toEqual(made.toSorted((a, b) => a - b))
    for (const oldestFirst of [true, false]) {
      const expected = oldestFirst ? made : made.toReversed()
      const found = []
      for (let after: number | undefined, more = true; more; ) {
        const page = await table.list({ ...firstPage, after, oldestFirst, uploads: 2 })
        expect(page.uploads.length).toBeLessThanOrEqual(2)
        found.push(...page.uploads)
        after = page.uploads.at(-1)?.id
        more = page.more
      }
      expect(found.map(({ id }) => id)).toEqual(expected)
      for (const { id, name, uploadId, rows, columns } of found) {
        const i = made.indexOf(id)
        expect({ name, rows, columns }).toEqual({
          name: `${i}.csv`,
          rows: 1,
          columns: [{ name: 'a', type: 'int64' }],
        })
        expect(uploadIds[i]?.equals(uploadId as Uint8Array)).toBe(true)
      }
    }
  })

  onEmpty('a description counts uploads, rows and types', async table => {
    await upload(table, 'a,b\n1,x\n2,\n')
    await upload(table, 'b,c\n7,2.5\n')
    const { uploads, rows, columns, moreColumns } = await table.describe({ columns: 10, bytes: 1e6 }, never)
    expect({ uploads, rows, moreColumns }).toEqual({ uploads: 2, rows: 3, moreColumns: 0 })
    expect(columns).toMatchObject([
      {
        name: 'a',
        uploads: 1,
        rows: 2,
        nulls: 0,
        min: '1',
        max: '2',
        types: [{ type: 'int64', uploads: 1 }],
      },
      { name: 'b', uploads: 2, rows: 3, nulls: 1 },
      {
        name: 'c',
        uploads: 1,
        rows: 1,
        nulls: 0,
        min: '2.5',
        max: '2.5',
        types: [{ type: 'double', uploads: 1 }],
      },
    ])
  })

  onEmpty(
    'a column that there is not adds up to 0, and a format that there is not is refused',
    async table => {
      await upload(table, 'a\n1\n')
      expect(await sums(table, 'b')).toEqual([0n, 0n])
      await expect(table.columnSum('a', 'avro', never)).rejects.toMatchObject({ code: 'invalid-data' })
    },
  )

  onEmpty('what nobody waits for is cancelled, and stores nothing', async table => {
    const cancelled = { code: 'cancelled' }
    await upload(table, 'a\n1\n')
    await expect(table.columnSum('a', 'csv', AbortSignal.abort())).rejects.toMatchObject(cancelled)
    await expect(table.upload(body('a\n1\n'), {}, AbortSignal.abort())).rejects.toMatchObject(cancelled)
    expect(await sums(table, 'a')).toEqual([1n, 1n])
  })

  onEmpty(
    'a sum is over whole uploads, has every upload acknowledged before it, and never goes back',
    async table => {
      const history = new History()
      const wrong: string[] = []
      const uploading = async () => {
        for (let i = 0; i < 7; i++) {
          const made = history.begin()
          await upload(table, `${made.column},b\n${3n * made.value},1\n${-2n * made.value},2\n`)
          history.acknowledge(made)
        }
      }
      const asking = async (format: string, uploads: Promise<unknown>) => {
        let ended = false
        void uploads.finally(() => (ended = true))
        for (let last = false; !last; ) {
          last = ended
          await turn() // a sum of a column that there is not may take no turn of the event loop
          const check = history.ask('h0')
          wrong.push(...check(await table.columnSum('h0', format, never)))
        }
      }
      const uploads = Promise.all([1, 2, 3, 4].map(uploading))
      await Promise.all([uploads, ...formats.map(format => asking(format, uploads))])
      expect(wrong).toEqual([])
      expect(history.seen).toBe(28)
    },
  )
}
