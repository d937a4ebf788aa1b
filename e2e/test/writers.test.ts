import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copiedByPostgres } from '../support/postgres.ts'
import { type ProcessServer, startProcess } from '../support/processServer.ts'
import { PythonSession, runPython } from '../support/python.ts'
import { root } from '../support/repository.ts'
import { temporaryDirectory } from '../support/temporary.ts'

/** The columns of `python/writers.py`, as PostgreSQL has them. */
const postgresColumns =
  'whole bigint, gap double precision, real double precision, extreme double precision, truth boolean, ' +
  'day date, midnight timestamp, local timestamp, utc timestamptz, word text, code text, digits text, ' +
  'marks text, price numeric(10, 2), nothing text'

const directory = temporaryDirectory()
const filesFile = join(directory, 'files.json')
let writers: string[]
let server: ProcessServer

beforeAll(async () => {
  server = await startProcess()
  await runPython('python/writers.py', ['write', directory], { environment: 'latest' })
  const csv = readFileSync(join(directory, 'DuckDB.csv'))
  writeFileSync(join(directory, 'PostgreSQL.csv'), await copiedByPostgres(postgresColumns, csv))
  writers = readdirSync(directory).map(name => name.replace(/\.csv$/, ''))
  const session = new PythonSession(server.port)
  const files: Record<string, string> = {}
  for (const [i, writer] of writers.entries()) {
    expect(await session.upload(join(directory, `${writer}.csv`)), writer).toEqual({ error: '' })
    files[writer] = join(server.dataDir, `files/${String(i + 1).padStart(8, '0')}.parquet`)
  }
  await session.close()
  writeFileSync(filesFile, JSON.stringify(files))
})

afterAll(async () => {
  await server.stop()
  rmSync(directory, { recursive: true })
})

test('eight writers have written', () => {
  expect(writers.length).toBe(8)
})

test.each(['pyarrow', 'duckdb', 'polars'])(
  'as %s reads it, a table comes back as each writer had it, but for what docs/on-disk.md lists',
  async library => {
    const told = await runPython('python/writers.py', ['compare', library, filesFile], {
      environment: 'latest',
    })
    expect(sorted(JSON.parse(told))).toEqual(sorted(exceptions()))
  },
)

/** The rows of the table in docs/on-disk.md: writer, column and what comes back instead. */
function exceptions(): string[][] {
  const docs = readFileSync(join(root, 'docs/on-disk.md'), 'utf8')
  const [, section = ''] = docs.split('\n## Writers\n')
  const rows = section.split('\n## ')[0]?.match(/^\|.*\|$/gm) ?? []
  return rows.slice(2).flatMap(row => {
    const [names = '', ...told] = row
      .split('|')
      .slice(1, 4)
      .map(cell => cell.replaceAll('`', '').trim())
    return (names === 'all' ? writers : names.split(', ')).map(writer => [writer, ...told])
  })
}

function sorted(rows: string[][]): string[] {
  return rows.map(row => row.join(': ')).sort()
}
