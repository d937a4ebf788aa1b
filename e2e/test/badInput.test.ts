// What is wrong with the caller's data or question comes back as a sentence that says where and what, and the
// server's state does not change.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ProcessServer, startProcess } from '../support/processServer.ts'
import { PythonSession } from '../support/python.ts'
import { names } from '../support/server.ts'
import { testFile } from '../support/temporary.ts'

/** Rows before the bad one, so that the server meets the bad row in the middle of its work. */
const manyRows = '1,2,3\n'.repeat(200_000)
const latin1 = Buffer.from('x,word\n1,caf\u00e9\n', 'latin1')

const badUploads: { what: string; csv: string | Buffer; says: RegExp[] }[] = [
  { what: 'an empty upload', csv: '', says: [/line 1\b/, /header/] },
  { what: 'nothing but blank lines', csv: '\n\r\n\n', says: [/line 1\b/, /header/] },
  { what: 'a row with fewer fields', csv: 'x,y,z\n1,2,3\n4,5\n', says: [/line 3\b/, /\b2\b/, /\b3\b/] },
  { what: 'a row with more fields', csv: 'x,y\n1,2\n\n3,4,5\n', says: [/line 4\b/, /\b3\b/, /\b2\b/] },
  {
    what: 'a ragged row far into the file',
    csv: `x,y,z\n${manyRows}1,2\n${manyRows}`,
    says: [/line 200002\b/],
  },
  { what: 'lines that end in CR alone', csv: 'x,y\r1,2\r', says: [/line 1\b/, /CR alone/, /--line-end cr/] },
  { what: 'a CR far into the file', csv: `x,y,z\n${manyRows}1,2\r,3\n`, says: [/line 200002\b/, /\bCR\b/] },
  { what: 'UTF-16', csv: Buffer.from('\uFEFFx,y\n1,2\n', 'utf16le'), says: [/UTF-16LE/, /UTF-8/] },
  { what: 'gzip', csv: gzipSync('x,y\n1,2\n'), says: [/gzip/, /unpack/] },
  { what: 'JSON', csv: '[{"x": 1}]\n', says: [/JSON/, /CSV/] },
  { what: 'an unclosed quote', csv: 'x,y\n1,2\n3,"four\n5,6\n', says: [/line 3\b/, /quote/i] },
  { what: 'an unclosed quote in the header', csv: 'x,"y\n1,2\n', says: [/line 1\b/, /quote/i] },
  { what: 'a text that is not UTF-8', csv: latin1, says: [/line 2\b/, /word/, /UTF-8/, /windows-1252/] },
  { what: 'a name that is not UTF-8', csv: latin1.subarray(9, -1), says: [/line 1\b/, /UTF-8/] },
]

const badSums = [
  { what: 'an unknown format', column: 'x', format: 'json', says: [/json/, /csv/, /parquet/] },
  { what: 'no format', column: 'x', format: '', says: [/csv/, /parquet/] },
  ...['csv', 'parquet'].flatMap(format => [
    {
      what: `a text column, by ${format},`,
      column: 'word',
      format,
      says: [/word/, /text/, /upload 1\b/, /line 2/, /one/],
    },
    {
      what: `a column of doubles, by ${format},`,
      column: 'real',
      format,
      says: [/real/, /3\.5/, /whole/, /stats/],
    },
    {
      what: `a total outside int64, by ${format},`,
      column: 'huge',
      format,
      says: [/huge/, /9223372036854775808/, /int64/],
    },
  ]),
]

let server: ProcessServer
let session: PythonSession

beforeAll(async () => {
  server = await startProcess()
  session = new PythonSession(server.port)
  const good = 'x,word,real,huge\n20,one,1.5,9223372036854775807\n22,two,2,1\n'
  writeFileSync(join(server.dataDir, 'good.csv'), good)
  expect(await session.upload(join(server.dataDir, 'good.csv'))).toEqual({ error: '' })
})
afterAll(async () => {
  await session?.close()
  await server?.stop()
})

/** Returns everything that a later client could notice. */
async function state() {
  return {
    files: await names(server, 'files'),
    incoming: await names(server, 'incoming'),
    csv: await session.total('x', 'csv'),
    parquet: await session.total('x', 'parquet'),
  }
}
const before = { files: ['00000001.csv', '00000001.parquet'], incoming: [], csv: 42n, parquet: 42n }

describe('an upload is refused, and nothing of it is kept:', () => {
  test.each(badUploads)('$what', async ({ csv, says }) => {
    const { error, status } = await session.upload(testFile(csv))
    expect(status).toBeUndefined()
    for (const part of says) expect(error).toMatch(part)
    expect(await state()).toEqual(before)
  })
})

describe('a sum is refused:', () => {
  test.each(badSums)('$what', async ({ column, format, says }) => {
    const { error, total } = await session.sum(column, format)
    for (const part of says) expect(error).toMatch(part)
    expect(total).toBe('0')
    expect(await state()).toEqual(before)
  })
})

test('a header alone is an upload of zero rows', async () => {
  expect(await session.upload(testFile('x,only\n'))).toEqual({ error: '' })
  expect(await session.total('only', 'csv')).toBe(0n)
  expect(await session.total('only', 'parquet')).toBe(0n)
  expect(await state()).toMatchObject({ incoming: [], csv: 42n, parquet: 42n })
})
