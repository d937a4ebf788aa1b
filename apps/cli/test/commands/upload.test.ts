import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { cli } from '../support/cli.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { serveStreams, succeed } from '../support/http2Server.ts'
import { type Handlers, serve } from '../support/tableServer.ts'

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})

function table(upload: NonNullable<Handlers['upload']>) {
  return serve({ upload })
}

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

test('with one job files are uploaded in order, and each success is printed', async () => {
  const received: string[] = []
  const server = await table(({ csvData }) => {
    received.push(new TextDecoder().decode(csvData))
    return {}
  })
  const contents = ['x\n1\n', 'x,y\n1,2\n', '']
  const outcome = await cli(
    server,
    'upload',
    '--jobs',
    '1',
    ...contents.map((content, index) => file(`${index}.csv`, content)),
  )
  expect(outcome).toEqual({ stdout: 'success\nsuccess\nsuccess\n', stderr: '', exitCode: 0 })
  expect(received).toEqual(contents)
})

test('what the server warns of is told on standard error, with the file that it is about', async () => {
  const server = await table(() => ({ warnings: ['column "x" is text here', 'two\nlines'] }))
  const path = file('a.csv', 'x\nn/a\n')
  expect(await cli(server, 'upload', path)).toEqual({
    stdout: 'success\n',
    stderr: `warning: ${path}: column "x" is text here\nwarning: ${path}: two lines\n`,
    exitCode: 0,
  })
})

test('the server is told what each file is called, in one line', async () => {
  const names: unknown[] = []
  const server = await serveStreams((stream, _socket, headers) => {
    names.push(headers['upload-name-bin'])
    void succeed(stream.resume())
  })
  const paths = [file('größe 1.csv', 'x\n1\n'), file('a\nb.csv', 'x\n1\n')]
  expect((await cli(server, 'upload', '--jobs', '1', ...paths)).exitCode).toBe(0)
  const decoded = names.map(name => Buffer.from(String(name), 'base64').toString())
  expect(decoded).toEqual(['größe 1.csv', 'a b.csv'])
})

test('a file of many chunks arrives as it is', async () => {
  let received = ''
  const server = await table(({ csvData }) => {
    received = Buffer.from(csvData).toString('latin1')
    return {}
  })
  const content = Array.from({ length: 300_000 }, (_, i) => `${i},${i * i}\n`).join('')
  expect((await cli(server, 'upload', file('long.csv', content))).stdout).toBe('success\n')
  expect(received === content).toBe(true)
})

test('a file that fails is named, the others are uploaded, and the exit code is 1', async () => {
  const server = await table(({ csvData }) => ({
    error: csvData.length === 3 ? 'line 2: found\nthree bytes' : '',
  }))
  const bad = file('bad\u001b.csv', 'bad')
  const missing = join(directory, 'missing.csv')
  const outcome = await cli(
    server,
    'upload',
    file('1.csv', 'x\n'),
    missing,
    bad,
    '/dev/null',
    file('2.csv', 'x\n'),
  )
  expect(outcome.stderr.split('\n').sort()).toEqual(
    [
      '',
      `${missing}: no such file: check the path`,
      `${directory}/bad .csv: line 2: found three bytes`,
      '/dev/null: is a device, expected a file',
    ].sort(),
  )
  expect([outcome.stdout, outcome.exitCode]).toEqual(['success\nsuccess\n', 1])
})

test('a file that no message can hold is refused at once', async () => {
  const server = await table(() => ({}))
  const path = file('huge.csv', '')
  truncateSync(path, 5e9) // sparse: it takes no room
  const limit = '4294967289 bytes (4.3 GB): split it, each part with the header'
  const stderr = `${path}: 5000000000 bytes (5.0 GB), one upload takes at most ${limit}\n`
  expect(await cli(server, 'upload', path)).toEqual({ stdout: '', stderr, exitCode: 1 })
})

test('a file whose connection is lost is uploaded again under the same id, on a new connection', async () => {
  const ids: unknown[] = []
  const server = await serveStreams((stream, socket, headers) => {
    ids.push(headers['upload-id'])
    if (ids.length === 1) socket.destroy()
    else void succeed(stream.resume())
  })
  const { stdout, stderr, exitCode } = await cli(
    server,
    'upload',
    '--jobs',
    '1',
    file('1.csv', 'x\n'),
    file('2.csv', 'x\n'),
  )
  expect(stderr).toMatch(/^127\.0\.0\.1:\d+ does not answer now: trying again until \d\d:\d\d:\d\d\n$/)
  expect([stdout, exitCode]).toEqual(['success\nsuccess\n', 0])
  expect(ids).toEqual([ids[0], ids[0], expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)])
  expect(ids[2]).not.toBe(ids[0])
})

test('files in another dialect are translated, packed ones are unpacked too', async () => {
  const received: string[] = []
  const server = await table(({ csvData }) => {
    received.push(new TextDecoder().decode(csvData))
    return {}
  })
  const content = Buffer.from('# made by hand\r1;é;1234,5\rNA;"NA";n/a\r', 'latin1')
  const options = [
    '--delimiter',
    ';',
    '--encoding',
    'latin1',
    '--null',
    'NA',
    '--null',
    'n/a',
    '--decimal-comma',
  ]
  const more = ['--comment', '#', '--columns', 'x,word,amount', '--line-end', 'cr']
  const files = [file('1.csv', content), file('2.csv.gz', gzipSync(content))]
  const outcome = await cli(server, 'upload', ...options, ...more, ...files)
  expect(outcome).toEqual({ stdout: 'success\nsuccess\n', stderr: '', exitCode: 0 })
  const translation = 'x,word,amount\n1,é,1234.5\n,NA,\n'
  expect(received).toEqual([translation, translation])
})

test('a tab is named as \\t', async () => {
  const received: string[] = []
  const server = await table(({ csvData }) => {
    received.push(new TextDecoder().decode(csvData))
    return {}
  })
  expect((await cli(server, 'upload', '--delimiter', '\\t', file('1.tsv', 'x\ty\n1\t2\n'))).exitCode).toBe(0)
  expect(received).toEqual(['x,y\n1,2\n'])
})

test('a file that cannot be translated is named with its line, and nothing of it is sent', async () => {
  let calls = 0
  const server = await table(() => {
    calls++
    return {}
  })
  const bad = file('bad.csv', 'x;y\n1;2;3\n')
  const stderr = `${bad}: line 2: found 3 fields, expected 2 as in the header\n`
  expect(await cli(server, 'upload', '--delimiter', ';', bad)).toEqual({ stdout: '', stderr, exitCode: 1 })
  expect(calls).toBe(0)
})

test('what the server refuses comes with the option that may help', async () => {
  const server = await table(() => ({ error: 'line 1: found no line ends' }))
  const bad = file('bad.csv', 'x;y\r1;2\r')
  const { stderr } = await cli(server, 'upload', bad)
  expect(stderr).toBe(`${bad}: line 1: found no line ends (try --line-end cr)\n`)
  const { stderr: translated } = await cli(server, 'upload', '--line-end', 'cr', bad)
  expect(translated).toBe(`${bad}: line 1: found no line ends\n`)
})

test('a translated upload that is tried again sends the same bytes', async () => {
  const received: string[] = []
  const server = await serveStreams((stream, socket) => {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      received.push(Buffer.concat(parts).toString('latin1'))
      if (received.length === 1) socket.destroy()
    })
    void succeed(stream)
  })
  const content = Array.from({ length: 100_000 }, (_, i) => `${i};${i * i}\n`).join('')
  const { stdout } = await cli(server, 'upload', '--delimiter', ';', file('1.csv', content))
  expect(stdout).toBe('success\n')
  expect(received[0]?.endsWith(content.replaceAll(';', ','))).toBe(true)
  expect(received[1] === received[0]).toBe(true)
})
