import { expect, test } from 'vitest'
import { run } from '../support/run.ts'
import { startTarget } from '../support/target.ts'
import { testFile } from '../support/temporary.ts'

/** Runs `npx table-cli ARGS` in the repository's root. */
async function tableCli(port: number, ...args: string[]) {
  const { stdout, stderr, code } = await run('npx', ['table-cli', ...args], {
    env: { TABLE_SERVER: `localhost:${port}`, npm_config_loglevel: 'error' },
  })
  return { stdout: stdout.toString(), stderr, code }
}

test("npx table-cli does the assignment's example", async () => {
  const { port } = await startTarget()
  const files = [testFile('x,y,z\n1,2,3\n4,5,6\n'), testFile('x,y\n5,10\n0,20\n')]
  expect(await tableCli(port, 'upload', ...files)).toMatchObject({ stdout: 'success\nsuccess\n', code: 0 })
  for (const [column, total] of [
    ['x', '10'],
    ['z', '9'],
    ['w', '0'],
  ] as const) {
    const timed = expect.stringMatching(new RegExp(`^\\d+\\.\\d ms\n${total}\n$`))
    expect(await tableCli(port, 'csvsum', column)).toMatchObject({ stdout: timed, code: 0 })
    expect(await tableCli(port, 'parquetsum', column)).toMatchObject({ stdout: timed, code: 0 })
  }
  for (const format of ['csv', 'parquet'])
    expect(await tableCli(port, 'sum', 'x', '--format', format)).toMatchObject({ stdout: '10\n', code: 0 })
})

test('npx table-cli bigdata uploads the big load', async () => {
  const { port } = await startTarget()
  const { code } = await tableCli(port, 'bigdata', '--batches', '3', '--rows', '2000')
  expect(code).toBe(0)
  expect((await tableCli(port, 'sum', 'x')).stdout).toBe('6000\n')
  expect((await tableCli(port, 'sum', 'z')).stdout).toBe('8997000\n')
})

test('a refused upload is one line on standard error and exit code 1', async () => {
  const { port } = await startTarget()
  const { stdout, stderr, code } = await tableCli(port, 'upload', testFile('x,y\n1\n'))
  expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
  expect(stderr).toMatch(/^.*line 2\b.*\n$/)
})

test('wrong usage is exit code 2', async () => {
  expect(await tableCli(1, 'sum')).toMatchObject({ stdout: '', code: 2 })
})
