import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ProcessServer, startProcess } from '../support/processServer.ts'
import { type Environment, PythonSession, python, runPython } from '../support/python.ts'
import { output } from '../support/run.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { variedUploads } from '../support/variedUploads.ts'

const readers: { library: string; environment: Environment; reader: string }[] = [
  { library: 'the pyarrow of the course', environment: 'course', reader: 'pyarrow' },
  { library: 'the newest pyarrow', environment: 'latest', reader: 'pyarrow' },
  { library: 'DuckDB', environment: 'latest', reader: 'duckdb' },
  { library: 'Polars', environment: 'latest', reader: 'polars' },
]

const directory = temporaryDirectory()
const casesFile = join(directory, 'cases.json')
let server: ProcessServer

beforeAll(async () => {
  server = await startProcess()
  const session = new PythonSession(server.port)
  const cases = []
  for (const [i, { name, csv, columns }] of variedUploads.entries()) {
    const path = join(directory, `${name}.csv`)
    writeFileSync(path, csv)
    expect(await session.upload(path), name).toEqual({ error: '' })
    cases.push({ csv: path, parquet: storedParquet(i), columns })
  }
  await session.close()
  writeFileSync(casesFile, JSON.stringify(cases))
})

afterAll(async () => {
  await server.stop()
  rmSync(directory, { recursive: true })
})

test.each(readers)(
  '$library reads every file with the types, values and statistics of the CSV',
  async ({ environment, reader }) => {
    const differences = JSON.parse(await runPython('python/readers.py', [reader, casesFile], { environment }))
    expect(differences).toEqual([])
  },
)

test('a big upload has more than one row group', async () => {
  const count = 'import pyarrow.parquet, sys; print(pyarrow.parquet.ParquetFile(sys.argv[1]).num_row_groups)'
  const parquet = storedParquet(variedUploads.findIndex(({ name }) => name === 'many row groups'))
  expect(Number(await output(python('course'), ['-c', count, parquet]))).toBeGreaterThan(1)
})

function storedParquet(index: number): string {
  return join(server.dataDir, `files/${String(index + 1).padStart(8, '0')}.parquet`)
}
