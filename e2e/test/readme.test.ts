import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startProcess } from '../support/processServer.ts'
import { python, testSession } from '../support/python.ts'
import { root } from '../support/repository.ts'
import { output } from '../support/run.ts'
import { testDirectory, testFile } from '../support/temporary.ts'

test("README's sum with DuckDB is right where uploads differ in their columns and types", async () => {
  const directory = testDirectory()
  const server = await startProcess({ dataDir: join(directory, 'data') })
  onTestFinished(() => server.stop())
  const session = testSession(server)
  for (const csv of ['x,y\n,1\n', 'z,x\n3,2.5\n,4.25\n'])
    expect(await session.upload(testFile(csv))).toEqual({ error: '' })
  const sql = sqlOf(readFileSync(join(root, 'README.md'), 'utf8'))
  expect(await output(python('latest'), ['-c', fetchAll, sql], { cwd: directory })).toBe('[(6.75,)]')
})

const fetchAll = 'import duckdb, sys; print(duckdb.sql(sys.argv[1]).fetchall())'

/** The only command for DuckDB in a text. */
function sqlOf(text: string): string {
  const [sql, ...others] = [...text.matchAll(/duckdb -c "([^"]+)"/g)].map(([, sql]) => sql)
  if (sql === undefined || others.length > 0) throw new Error('expected one command for DuckDB')
  return sql
}
