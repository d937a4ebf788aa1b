import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { program } from '../../testing/program.ts'
import { startProcess } from '../support/processServer.ts'
import { environments, python } from '../support/python.ts'
import { root } from '../support/repository.ts'
import { output } from '../support/run.ts'
import { temporaryDirectory } from '../support/temporary.ts'

const page = readFileSync(join(root, 'docs/sql.md'), 'utf8')
const directory = temporaryDirectory()
let port = 0

beforeAll(async () => {
  const server = await startProcess({ dataDir: join(directory, 'data') })
  port = server.port
  const files = [...page.matchAll(/^`(\w+\.csv)`\n\n```csv\n([^`]*)```$/gm)].map(
    ([, name = '', csv = '']) => {
      writeFileSync(join(directory, name), csv)
      return join(directory, name)
    },
  )
  await tableCli('upload', '--jobs', '1', ...files)
  return async () => {
    await server.stop()
    rmSync(directory, { recursive: true })
  }
})

function tableCli(...args: string[]): Promise<string> {
  return output(process.execPath, [program('apps/cli/src/main.ts'), ...args], {
    env: { TABLE_SERVER: `localhost:${port}` },
  })
}

/** Returns the only program of a language in docs/sql.md, for our server. */
function exampleIn(language: string): string {
  const [code, ...others] = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([^\`]*)\`\`\`$`, 'gm'))]
  if (!code?.[1] || others.length > 0) throw new Error(`expected one program in ${language}`)
  return code[1].replace('localhost:5440', `localhost:${port}`)
}

test.each(environments)(
  "docs/sql.md's program in Python reads an answer, with the %s packages",
  async environment => {
    const printed = await output(python(environment), ['-c', exampleIn('python')], {
      env: { PYTHONPATH: root },
    })
    expect(printed).toBe("[{'room': 'A1', 'most': 24.0}, {'room': 'B2', 'most': 20.5}]")
  },
)

test("docs/sql.md's program in Node reads an answer", async () => {
  expect(await output(process.execPath, ['--input-type=module', '-e', exampleIn('js')], { cwd: root })).toBe(
    '[ 24 ]',
  )
})

const select = `SELECT 9007199254740993 AS i, 255::UTINYINT AS u8, 18446744073709551615::UBIGINT AS u64, 1e300::DOUBLE AS d, 0.1::FLOAT AS f,
  99999999999999999999999999999999999999::HUGEINT AS h, -0.05::DECIMAL(10, 2) AS dec, true AS b, 'ü' || chr(10) AS s, DATE '0044-02-29' AS day,
  '10:00:00.5'::TIME AS t, TIMESTAMP '1969-12-31 23:59:59.999999' AS ts, TIMESTAMPTZ '2024-01-01 01:00:00+01' AS tz, '\\xAA'::BLOB AS bytes
  UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`

test('pyarrow reads what table-cli writes, with every type and null', async () => {
  for (const format of ['parquet', 'arrow'])
    await tableCli('sql', select, '-o', join(directory, `x.${format}`))
  const code = `
import pyarrow.parquet, sys
parquet = pyarrow.parquet.read_table('x.parquet')
arrow = pyarrow.ipc.open_file('x.arrow').read_all()
print(parquet.schema.equals(arrow.schema), parquet.equals(arrow))
print(', '.join(str(field.type) for field in arrow.schema))
print([str(value) for value in arrow.to_pylist()[0].values()])
print(set(arrow.to_pylist()[1].values()))`
  expect((await output(python('latest'), ['-c', code], { cwd: directory })).split('\n')).toEqual([
    'True True',
    'int64, uint8, uint64, double, float, decimal128(38, 0), decimal128(10, 2), bool, string, date32[day], time64[us], timestamp[us], timestamp[us, tz=UTC], binary',
    "['9007199254740993', '255', '18446744073709551615', '1e+300', '0.10000000149011612', '99999999999999999999999999999999999999', '-0.05', 'True', 'ü\\n', '0044-02-29', '10:00:00.500000', '1969-12-31 23:59:59.999999', '2024-01-01 00:00:00+00:00', \"b'\\\\xaa'\"]",
    '{None}',
  ])
})
