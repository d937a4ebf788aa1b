// What clients are told of a file that is stored: what it became, and what will keep later sums from an answer.
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environments, python, testSession } from '../support/python.ts'
import { root } from '../support/repository.ts'
import { output } from '../support/run.ts'
import { tableCliOf } from '../support/tableCli.ts'
import { startTarget } from '../support/target.ts'
import { testDirectory, testFile } from '../support/temporary.ts'

test.each(environments)(
  'a Python client learns number, rows, columns and warnings, and the same again for a repeated upload-id (%s packages)',
  async environment => {
    const server = await startTarget()
    const session = testSession(server, environment)
    expect(await session.store(testFile('x,y\n1,a\n'), { name: 'größe.csv' })).toEqual({
      error: '',
      upload: 1,
      rows: 1,
      columns: ['x int64', 'y text'],
      warnings: [],
    })
    const uploadId = randomUUID()
    const nulls = testFile('x,y\nNULL,b\n2,c\n')
    const stored = { error: '', upload: 2, rows: 2, columns: ['x text', 'y text'] }
    expect(await session.store(nulls, { uploadId })).toEqual({
      ...stored,
      warnings: ['column "x" is text here, int64 in 1 upload: line 2 has "NULL"'],
    })
    expect(await session.store(nulls, { uploadId })).toEqual({ ...stored, warnings: [] })
    expect(await session.store(nulls, { name: 'a\nb' })).toMatchObject({ status: 'INVALID_ARGUMENT' })
  },
)

test('a late text is named by its line', async () => {
  const server = await startTarget()
  const session = testSession(server)
  await session.store(testFile('x\n0\n'))
  const late = `x\n${Array.from({ length: 5000 }, (_, i) => i).join('\n')}\nn/a\n`
  expect((await session.store(testFile(late))).warnings).toEqual([
    'column "x" is text here, int64 in 1 upload: line 5002 has "n/a"',
  ])
})

test('the CLI tells warnings on standard error and success on standard output', async () => {
  const { port } = await startTarget()
  const [good, bad] = [testFile('x\n1\n'), testFile('x\nNULL\n')]
  const { stdout, stderr, code } = await tableCliOf(port)('upload', '--jobs', '1', good, bad)
  expect({ stdout, code }).toEqual({ stdout: 'success\nsuccess\n', code: 0 })
  expect(stderr).toBe(`warning: ${bad}: column "x" is text here, int64 in 1 upload: line 2 has "NULL"\n`)
})

/** The messages as the course's clients know them. */
const courseProto = `syntax = "proto3";
message UploadReq { bytes csv_data = 1; }
message UploadResp { string error = 1; }
message ColSumReq { string column = 1; string format = 2; }
message ColSumResp { int64 total = 1; string error = 2; }
service Table {
  rpc Upload(UploadReq) returns (UploadResp);
  rpc ColSum(ColSumReq) returns (ColSumResp);
}
`

test.each(environments)(
  'stubs of messages without the later fields still work (%s packages)',
  async environment => {
    const { port } = await startTarget()
    const directory = testDirectory()
    writeFileSync(join(directory, 'table.proto'), courseProto)
    const out = [`--python_out=${directory}`, `--grpc_python_out=${directory}`]
    await output(python('course'), ['-m', 'grpc_tools.protoc', `-I${directory}`, ...out, 'table.proto'])
    const client = (name: string, argument: string) =>
      output(python(environment), [join(root, `e2e/clients/${name}.py`), argument], {
        env: { PYTHONPATH: directory, TABLE_PORT: `${port}` },
      })
    expect(await client('upload', testFile('x\n5\n'))).toBe('success')
    expect(await client('upload', testFile('x\nn/a\n'))).toBe('success')
    expect(await client('upload', testFile('x\n"\n'))).toContain('line 2')
    expect(await client('csvsum', 'y')).toBe('0')
  },
)
