import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { withConnection } from '../../src/client.ts'
import { answerOf } from '../../src/sql/columns.ts'
import { askQuery } from '../../src/sql/query.ts'
import { tableOf } from '../../src/sql/table.ts'
import { cli } from '../support/cli.ts'
import { newDirectory } from '../support/directory.ts'
import { serverOfFile } from '../support/realServer.ts'

const page = readFileSync(new URL('../../../../docs/sql.md', import.meta.url), 'utf8')
const files = [...page.matchAll(/^`(?<name>\w+\.csv)`\n\n```csv\n(?<csv>[^`]*)```$/gm)]
const questions = [
  ...page.matchAll(/^### (?<title>.*)\n[^#]*?```sql\n(?<sql>[^`]*)```\n\n```\n(?<output>[^`]*)```$/gm),
]

const server = serverOfFile()

beforeAll(async () => {
  const { path, remove } = newDirectory()
  for (const { groups } of files) writeFileSync(join(path, groups?.name ?? ''), groups?.csv ?? '')
  const paths = files.map(({ groups }) => join(path, groups?.name ?? ''))
  expect((await cli(server(), 'upload', '--jobs', '1', ...paths)).exitCode).toBe(0)
  remove()
})

test('docs/sql.md has ten questions, each with its answer', () => {
  expect([files.length, questions.length, page.match(/^```sql$/gm)?.length]).toEqual([3, 10, 10])
})

test.each(questions.map(({ groups = {} }) => [groups.title, groups.sql, groups.output] as const))(
  '%s',
  async (_, sql = '', output) => {
    const text = await withConnection(server(), async connection => {
      const result = await askQuery(connection, sql, new AbortController().signal)
      return Array.fromAsync(tableOf(answerOf(result), false))
    })
    expect(text.join('')).toBe(output)
  },
)
