import { mkdirSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cli } from './support/cli.ts'
import { temporaryDirectory } from './support/directory.ts'
import { startServer } from './support/realServer.ts'

function file(name: string, content: string): string {
  const path = join(temporaryDirectory(), name)
  writeFileSync(path, content)
  return path
}

test('uploads are summed from both formats', async () => {
  const { address } = await startServer(temporaryDirectory())
  const files = [file('file1.csv', 'x,y,z\n1,2,3\n4,5,6\n'), file('file2.csv', 'x,y\n5,10\n0,20\n')]
  const uploaded = { stdout: 'success\nsuccess\n', stderr: '', exitCode: 0 }
  expect(await cli(address, 'upload', ...files)).toEqual(uploaded)
  for (const [column, total] of [
    ['x', 10],
    ['z', 9],
    ['w', 0],
  ] as const) {
    const timed = new RegExp(`^\\d+\\.\\d ms\\n${total}\\n$`)
    expect((await cli(address, 'csvsum', column)).stdout).toMatch(timed)
    expect((await cli(address, 'parquetsum', column)).stdout).toMatch(timed)
    expect((await cli(address, 'sum', column)).stdout).toBe(`${total}\n`)
  }
})

test('a ragged file is refused with its line, and the others are stored', async () => {
  const { address } = await startServer(temporaryDirectory())
  const bad = file('bad.csv', 'x,y\n1,2\n3\n')
  const { stdout, stderr, exitCode } = await cli(address, 'upload', bad, file('good.csv', 'x\n7\n'))
  expect(stderr).toMatch(/^\S+\/bad\.csv: .*line 3.*\n$/)
  expect([stdout, exitCode]).toEqual(['success\n', 1])
  expect((await cli(address, 'sum', 'x')).stdout).toBe('7\n')
})

test('the big load sums to what it says', async () => {
  const { address } = await startServer(temporaryDirectory())
  const { stdout, stderr } = await cli(address, 'bigdata', '--batches', '12', '--rows', '3000')
  expect(stderr).toBe('')
  const said = [...stdout.matchAll(/^(\w) \+ (\d+)$/gm)]
  expect(said.map(([, column]) => column)).toEqual(['x', 'y', 'z'])
  for (const [, column = '', total] of said) {
    expect((await cli(address, 'sum', column, '--format', 'csv')).stdout).toBe(`${total}\n`)
    expect((await cli(address, 'sum', column, '--format', 'parquet')).stdout).toBe(`${total}\n`)
  }
})

test('a file whose server is killed during the upload is uploaded once the server is back, and stored once', async () => {
  const dataDir = temporaryDirectory()
  const incoming = join(dataDir, 'incoming')
  mkdirSync(incoming)
  const server = await startServer(dataDir)
  const killed = new Promise(resolve => {
    const watcher = watch(incoming, () => {
      watcher.close()
      server.process.once('exit', resolve).kill('SIGKILL')
    })
  })
  const rows = 5_000_000
  const uploaded = cli(server.address, 'upload', file('big.csv', `x,y\n${'1,2\n'.repeat(rows)}`))
  await killed
  await startServer(dataDir, { port: server.address.port })
  const stderr = expect.stringMatching(
    RegExp(`^${server.address.name} does not answer now: trying again until \\d\\d:\\d\\d:\\d\\d\n$`),
  )
  expect(await uploaded).toEqual({ stdout: 'success\n', stderr, exitCode: 0 })
  expect((await cli(server.address, 'sum', 'x')).stdout).toBe(`${rows}\n`)
})
