import { expect, test } from 'vitest'
import { environments, testSession } from '../support/python.ts'
import { names } from '../support/server.ts'
import { startTarget } from '../support/target.ts'
import { testFile } from '../support/temporary.ts'

const uploads = 24
const rows = 40_000
const path = () => testFile(`one,i\n${Array.from({ length: rows }, (_, i) => `1,${i}\n`).join('')}`)

test('sums during uploads are sums of whole uploads, and miss no acknowledged upload', async () => {
  const server = await startTarget({ TABLE_WORKERS: '8' })
  const session = testSession(server)
  const file = path()
  let acknowledged = 0
  const uploading = Array.from({ length: uploads }, async () => {
    expect(await session.upload(file)).toEqual({ error: '' })
    acknowledged++
  })
  let sums = 0
  const sumUntilAllAreThere = async (format: string) => {
    for (let total = 0; total < uploads; sums++) {
      const atLeast = Math.max(total, acknowledged)
      total = Number(await session.total('one', format)) / rows
      expect(total).toBeOneOf(Array.from({ length: uploads - atLeast + 1 }, (_, i) => atLeast + i))
    }
  }
  await Promise.all([...uploading, ...['csv', 'parquet', 'csv', 'parquet'].map(sumUntilAllAreThere)])
  expect(sums).toBeGreaterThan(4) // some ran before everything was there
  expect(await names(server, 'files')).toHaveLength(2 * uploads)
  expect(await names(server, 'incoming')).toEqual([])
})

test.each(environments)(
  'uploads that the client compresses with gzip are stored as they were (%s packages)',
  async environment => {
    const server = await startTarget()
    const session = testSession(server, environment)
    const file = path()
    const answers = await Promise.all([1, 2, 3].map(() => session.upload(file, { gzip: true })))
    expect(answers).toEqual([{ error: '' }, { error: '' }, { error: '' }])
    expect(await session.total('one', 'csv')).toBe(BigInt(3 * rows))
    await server.inside(`cmp ${file} files/00000001.csv`)
  },
)
