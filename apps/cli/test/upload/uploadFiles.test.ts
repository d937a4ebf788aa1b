import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Address } from '../../src/address.ts'
import { onceId } from '../../src/upload/onceId.ts'
import { cli, cliOnTerminal, environment, main, outcomeOf } from '../support/cli.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { serveStreams, succeed } from '../support/http2Server.ts'
import { serverOfFile } from '../support/realServer.ts'
import { serve } from '../support/tableServer.ts'

const server = serverOfFile()

/** Starts table-cli with a temporary directory of its own, and this standard input. */
function start(address: Address, temporary: string, input: string | Buffer, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...environment(address), TMPDIR: temporary },
  })
  child.stdin?.end(input)
  return child
}

async function sumOf(column: string): Promise<string> {
  return (await cli(server(), 'sum', column)).stdout
}

test('a directory, a pattern, standard input and packed files go up together', async () => {
  const directory = temporaryDirectory()
  mkdirSync(join(directory, 'deep'))
  writeFileSync(join(directory, 'deep', 'a.csv'), 'together\n1\n')
  writeFileSync(join(directory, 'deep', 'b.csv.gz'), gzipSync('together\n10\n'))
  writeFileSync(join(directory, 'c.csv.zst'), zstdCompressSync('together\n100\n'))
  const args = ['upload', join(directory, 'deep'), '-', join(directory, '*.zst')]
  const outcome = await outcomeOf(start(server(), directory, 'together\n1000\n', ...args))
  expect(outcome).toEqual({ stdout: 'success\n'.repeat(4), stderr: '', exitCode: 0 })
  expect(await sumOf('together')).toBe('1111\n')
  const listed = JSON.parse((await cli(server(), 'ls', '--json')).stdout) as { name: string }[]
  expect(listed.map(({ name }) => name).sort()).toEqual(['', 'a.csv', 'b.csv.gz', 'c.csv.zst'])
})

test('--once stores nothing twice, says so on a terminal, and tells files by name and content', async () => {
  const directory = temporaryDirectory()
  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content)
    return join(directory, name)
  }
  const [a, b] = [file('a.csv', 'once\n1\n'), file('b.csv', 'once\n1\n')]
  const success = { stdout: 'success\nsuccess\n', stderr: '', exitCode: 0 }
  for (let time = 0; time < 2; time++) expect(await cli(server(), 'upload', '--once', a, b)).toEqual(success)
  expect(await sumOf('once')).toBe('2\n')
  const { stdout } = await outcomeOf(
    cliOnTerminal(server(), ['upload', '--once', '--jobs', '1', a, file('c.csv', 'once\n1\n')]),
  )
  expect(stdout.split('\r\n')).toEqual([
    expect.stringMatching(/\/a\.csv: stored already as upload \d+, 1 row$/),
    expect.stringMatching(/\/c\.csv: stored as upload \d+, 1 row$/),
    expect.stringMatching(/^2 files stored \(1 already before\), 14 bytes in 0 s$/),
    '',
  ])
  file('a.csv', 'once\n2\n')
  await cli(server(), 'upload', '--once', a)
  expect(await sumOf('once')).toBe('5\n')
})

test('the id of --once stays what it is, because the table knows files by it', () => {
  expect(onceId('a.csv', Buffer.alloc(32))).toBe('594e04c4-350b-8102-b82f-1f1a3a0d2d6b')
  expect(onceId('b.csv', Buffer.alloc(32))).not.toBe(onceId('a.csv', Buffer.alloc(32)))
  expect(onceId('a.csv', Buffer.alloc(32, 1))).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
})

test('--jobs files go up at the same time', async () => {
  const directory = temporaryDirectory()
  for (let i = 0; i < 7; i++) writeFileSync(join(directory, `${i}.csv`), 'x\n1\n')
  let open = 0
  let most = 0
  const all = Promise.withResolvers<void>()
  const address = await serve({
    upload: async () => {
      most = Math.max(most, ++open)
      if (open === 3) all.resolve()
      await all.promise
      open--
      return {}
    },
  })
  expect((await cli(address, 'upload', '--jobs', '3', directory)).stdout).toBe('success\n'.repeat(7))
  expect(most).toBe(3)
})

test('standard input is sent again after a lost connection, and nothing of it is left on the disk', async () => {
  const temporary = temporaryDirectory()
  const sizes: number[] = []
  const address = await serveStreams((stream, socket) => {
    let bytes = 0
    stream.on('data', (part: Buffer) => {
      bytes += part.length
    })
    stream.on('end', () => {
      sizes.push(bytes)
      if (sizes.length === 1) socket.destroy()
    })
    void succeed(stream)
  })
  const input = 'x\n'.repeat(400_000)
  const { stdout, exitCode } = await outcomeOf(start(address, temporary, input, 'upload', '-'))
  expect([stdout, exitCode]).toEqual(['success\n', 0])
  expect(sizes[0]).toBeGreaterThan(input.length)
  expect(sizes).toEqual([sizes[0], sizes[0]])
  expect(readdirSync(temporary)).toEqual([])
})

test('an interrupt ends the uploads and says what is stored', async () => {
  const temporary = temporaryDirectory()
  const arrived = Promise.withResolvers<void>()
  const never = new Promise<Record<string, never>>(() => {})
  let calls = 0
  const address = await serve({
    upload: () => {
      if (++calls === 1) return {}
      arrived.resolve()
      return never
    },
  })
  const a = join(temporary, 'a.csv')
  writeFileSync(a, 'x\n1\n')
  const child = start(address, temporary, 'x\n2\n', 'upload', '--jobs', '1', a, '-')
  const outcome = outcomeOf(child)
  await arrived.promise
  child.kill('SIGINT')
  const { stdout, stderr } = await outcome
  expect(stdout).toBe('success\n')
  expect(stderr).toMatch(
    /^interrupted: 1 of 2 files stored, 8 bytes in \d+ s; 1 more may be, look with table-cli ls\n$/,
  )
  expect(child.signalCode).toBe('SIGINT')
  expect(readdirSync(temporary)).toEqual(['a.csv'])
})

test('a server that is not there is told at once, without waiting for standard input', async () => {
  const child = spawn(process.execPath, [main, '--server', '127.0.0.1:1', 'upload', '-'])
  const { stderr, exitCode } = await outcomeOf(child)
  expect([stderr, exitCode]).toEqual([expect.stringMatching(/^cannot reach 127\.0\.0\.1:1: /), 1])
})
