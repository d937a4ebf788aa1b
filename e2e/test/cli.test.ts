import { expect, test } from 'vitest'
import { npxTableCli, tableCliOf } from '../support/tableCli.ts'
import { startTarget } from '../support/target.ts'
import { testFile } from '../support/temporary.ts'

test("npx table-cli does the assignment's example", async () => {
  const { port } = await startTarget()
  const files = [testFile('x,y,z\n1,2,3\n4,5,6\n'), testFile('x,y\n5,10\n0,20\n')]
  const tableCli = tableCliOf(port)
  expect(await npxTableCli(port, 'upload', ...files)).toMatchObject({ stdout: 'success\nsuccess\n', code: 0 })
  for (const [column, total] of [
    ['x', '10'],
    ['z', '9'],
    ['w', '0'],
  ] as const) {
    const timed = expect.stringMatching(new RegExp(`^\\d+\\.\\d ms\n${total}\n$`))
    expect(await tableCli('csvsum', column)).toMatchObject({ stdout: timed, code: 0 })
    expect(await tableCli('parquetsum', column)).toMatchObject({ stdout: timed, code: 0 })
  }
  for (const format of ['csv', 'parquet'])
    expect(await tableCli('sum', 'x', '--format', format)).toMatchObject({ stdout: '10\n', code: 0 })
})

test('table-cli bigdata uploads the big load', async () => {
  const tableCli = tableCliOf((await startTarget()).port)
  const { code } = await tableCli('bigdata', '--batches', '3', '--rows', '2000')
  expect(code).toBe(0)
  expect((await tableCli('sum', 'x')).stdout).toBe('6000\n')
  expect((await tableCli('sum', 'z')).stdout).toBe('8997000\n')
})

test('a refused upload is one line on standard error and exit code 1', async () => {
  const tableCli = tableCliOf((await startTarget()).port)
  const { stdout, stderr, code } = await tableCli('upload', testFile('x,y\n1\n'))
  expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
  expect(stderr).toMatch(/^.*line 2\b.*\n$/)
})

test('wrong usage is exit code 2', async () => {
  expect(await npxTableCli(1, 'sum')).toMatchObject({ stdout: '', code: 2 })
})
