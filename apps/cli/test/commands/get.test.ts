import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { cli, environment, main } from '../support/cli.ts'
import { newDirectory, temporaryDirectory } from '../support/directory.ts'
import { serverOfFile } from '../support/realServer.ts'
import { serve } from '../support/tableServer.ts'

const server = serverOfFile()
/** More than a part and a window of HTTP/2. */
const large = `x,ü\r\n${Array.from({ length: 100_000 }, (_, i) => `${i},"text\n${i}"\r\n`).join('')}`

beforeAll(async () => {
  const { path, remove } = newDirectory()
  writeFileSync(join(path, 'large.csv'), large)
  writeFileSync(join(path, 'empty.csv'), 'x\n')
  const files = ['large.csv', 'empty.csv'].map(name => join(path, name))
  const { exitCode } = await cli(server(), 'upload', '--jobs', '1', ...files)
  expect(exitCode).toBe(0)
  remove()
})

test('get writes the CSV to standard output, byte for byte', async () => {
  const { stdout, stderr, exitCode } = await cli(server(), 'get', '1')
  expect(stdout === large).toBe(true)
  expect([stderr, exitCode]).toEqual(['', 0])
  expect(await cli(server(), 'get', '2')).toEqual({ stdout: 'x\n', stderr: '', exitCode: 0 })
})

test('-o writes a file of either format, over an earlier one, and leaves no other file', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'x.out')
  writeFileSync(file, 'before')
  expect(await cli(server(), 'get', '1', '-o', file)).toEqual({ stdout: '', stderr: '', exitCode: 0 })
  expect(readFileSync(file, 'utf8') === large).toBe(true)
  expect((await cli(server(), 'get', '1', '--format', 'parquet', '-o', file)).exitCode).toBe(0)
  const parquet = readFileSync(file)
  expect([parquet.toString('latin1', 0, 4), parquet.toString('latin1', parquet.length - 4)]).toEqual([
    'PAR1',
    'PAR1',
  ])
  expect(readdirSync(directory)).toEqual(['x.out'])
})

test('an upload that is not there leaves the file as it was', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'x.csv')
  writeFileSync(file, 'before')
  for (const args of [['7'], ['7', '-o', file]]) {
    const { stdout, stderr, exitCode } = await cli(server(), 'get', ...args)
    expect(stderr).toMatch(/^there is no upload 7: .*\n$/)
    expect([stdout, exitCode]).toEqual(['', 1])
  }
  expect(readFileSync(file, 'utf8')).toBe('before')
  expect(readdirSync(directory)).toEqual(['x.csv'])
})

test('a file that cannot be written is one line that says so', async () => {
  const directory = temporaryDirectory()
  const pipe = join(directory, 'pipe')
  execFileSync('mkfifo', [pipe])
  for (const [file, message] of [
    [join(directory, 'no/x.csv'), /^cannot write .*x\.csv \(ENOENT\): check the path and the disk\n$/],
    [directory, /^\S+ is not a file: .*\n$/],
    [pipe, /^\S+pipe is not a file: .*\n$/],
  ] as const) {
    const { stdout, stderr, exitCode } = await cli(server(), 'get', '1', '-o', file)
    expect(stderr).toMatch(message)
    expect([stdout, exitCode]).toEqual(['', 1])
  }
})

test('standard output that takes no more is one line that says so', () => {
  const stdio = ['ignore', openSync('/dev/full', 'w'), 'pipe'] as const
  const { stderr, status } = spawnSync(process.execPath, [main, 'get', '1'], {
    stdio: [...stdio],
    env: environment(server()),
  })
  expect(String(stderr)).toBe('cannot write standard output (ENOSPC): check where it goes, and the disk\n')
  expect(status).toBe(1)
})

test('bytes that do not have the checksum of the trailer are an error, and no file is left', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'x.csv')
  const parts = ['x\n', '1\n'].map(text => ({ data: Buffer.from(text), error: '' }))
  const checksum = (text: string) => crc32(text).toString(16).padStart(8, '0')
  const whole = await serve({ download: () => ({ parts, crc32: checksum('x\n1\n') }) })
  expect(await cli(whole, 'get', '1')).toEqual({ stdout: 'x\n1\n', stderr: '', exitCode: 0 })
  const damaged = await serve({ download: () => ({ parts, crc32: checksum('x\n2\n') }) })
  const { stderr, exitCode } = await cli(damaged, 'get', '1', '-o', file)
  expect(stderr).toMatch(/^upload 1 arrived damaged: .* expected [0-9a-f]{8}: get it again\n$/)
  expect(exitCode).toBe(1)
  expect(existsSync(file) || readdirSync(directory).length > 0).toBe(false)
})
