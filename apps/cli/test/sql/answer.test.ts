import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { Float64, Int32, Int64, tableFromIPC, Utf8, vectorFromArray } from 'apache-arrow'
import { parquetReadObjects } from 'hyparquet'
import { expect, onTestFinished, test } from 'vitest'
import { answerOf } from '../support/arrow.ts'
import { cli, cliOnTerminal, cliWith, environment, main, outcomeOf } from '../support/cli.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { serve } from '../support/tableServer.ts'

const large = 9007199254740993n
const columns = {
  id: vectorFromArray([large, -1n, null], new Int64()),
  name: vectorFromArray(['NULL', null, 'a\n\x1b[2J,"日本"'], new Utf8()),
  mean: vectorFromArray([0.1, Number.NaN, 1e300], new Float64()),
}
const server = () => serve({ query: () => answerOf(columns) })

test('an aligned table shows nulls and control characters as what no text looks like', async () => {
  const { stdout, stderr, exitCode } = await cli(await server(), 'sql', 'SELECT 1')
  expect(stdout.split('\n')).toEqual([
    '              id  name             mean',
    '           int64  text           double',
    '----------------  -------------  ------',
    '9007199254740993  NULL              0.1',
    '              -1  ∅                 NaN',
    '               ∅  a␊␛[2J,"日本"  1e+300',
    '',
  ])
  expect(stderr).toMatch(/^3 rows, \d+\.\d{3} s\n$/)
  expect(exitCode).toBe(0)
})

test('JSON and CSV have every digit, and tell null from the empty text', async () => {
  const address = await server()
  expect(await cli(address, 'sql', 'SELECT 1', '--json')).toEqual({
    stdout: [
      '[',
      '{"id":9007199254740993,"name":"NULL","mean":0.1},',
      '{"id":-1,"name":null,"mean":"NaN"},',
      `{"id":null,"name":${JSON.stringify('a\n\x1b[2J,"日本"')},"mean":1e+300}`,
      ']',
      '',
    ].join('\n'),
    stderr: '',
    exitCode: 0,
  })
  const empty = { text: vectorFromArray(['', null], new Utf8()), n: vectorFromArray([null, 2], new Int32()) }
  const other = await serve({ query: () => answerOf(empty) })
  expect(await cli(other, 'sql', 'SELECT 1', '--csv')).toEqual({
    stdout: 'text,n\n"",\n,2\n',
    stderr: '',
    exitCode: 0,
  })
})

test('an answer without rows has its columns', async () => {
  const address = await serve({ query: () => answerOf({ x: vectorFromArray([], new Int64()) }) })
  expect((await cli(address, 'sql', 'SELECT 1')).stdout).toBe('    x\nint64\n-----\n')
  expect((await cli(address, 'sql', 'SELECT 1', '--json')).stdout).toBe('[]\n')
  expect((await cli(address, 'sql', 'SELECT 1', '--csv')).stdout).toBe('x\n')
})

test('files of each format hold the answer, and replace what was there', async () => {
  const address = await serve({ query: () => answerOf(columns, 1000) })
  const directory = temporaryDirectory()
  const rows = (count: number) =>
    Array.from({ length: count }, () => [
      { id: large, name: 'NULL', mean: 0.1 },
      { id: -1n, name: null, mean: Number.NaN },
      { id: null, name: 'a\n\x1b[2J,"日本"', mean: 1e300 },
    ]).flat()
  for (const format of ['parquet', 'arrow', 'csv']) {
    writeFileSync(join(directory, `x.${format}`), 'before')
    const { stdout, stderr, exitCode } = await cli(
      address,
      'sql',
      'SELECT 1',
      '-o',
      join(directory, `x.${format}`),
    )
    expect(stderr).toMatch(/^3,000 rows, \d+\.\d{3} s\n$/)
    expect([stdout, exitCode]).toEqual(['', 0])
  }
  expect(readdirSync(directory)).toEqual(['x.arrow', 'x.csv', 'x.parquet'])
  const parquet = readFileSync(join(directory, 'x.parquet'))
  const file = parquet.buffer.slice(parquet.byteOffset, parquet.byteOffset + parquet.length)
  const compressors = { ZSTD: (page: Uint8Array) => zstdDecompressSync(page) }
  expect(await parquetReadObjects({ file, compressors })).toEqual(rows(1000))
  const arrow = readFileSync(join(directory, 'x.arrow'))
  expect([arrow.toString('latin1', 0, 6), arrow.toString('latin1', arrow.length - 6)]).toEqual([
    'ARROW1',
    'ARROW1',
  ])
  const table = tableFromIPC(arrow)
  expect(table.batches.length).toBe(1000)
  expect(table.toArray().map(row => ({ ...row }))).toEqual(rows(1000))
  const csv = readFileSync(join(directory, 'x.csv'), 'utf8')
  expect(csv.startsWith('id,name,mean\n9007199254740993,NULL,0.1\n-1,,NaN\n,"a\n')).toBe(true)
  expect(csv.match(/9007199254740993/g)?.length).toBe(1000)
})

test('the query comes from an argument, standard input or a file', async () => {
  const asked: string[] = []
  const address = await serve({
    query: ({ sql }) => {
      asked.push(sql)
      return answerOf({ x: vectorFromArray([1], new Int32()) })
    },
  })
  const file = join(temporaryDirectory(), 'query.sql')
  writeFileSync(file, 'SELECT 3\n')
  await cli(address, 'sql', 'SELECT 1')
  for (const args of [[], ['-']]) {
    const child = spawn(process.execPath, [main, 'sql', ...args], { env: environment(address) })
    child.stdin.end('SELECT 2\n')
    expect((await outcomeOf(child)).exitCode).toBe(0)
  }
  await cli(address, 'sql', '-f', file)
  expect(asked).toEqual(['SELECT 1', 'SELECT 2\n', 'SELECT 2\n', 'SELECT 3\n'])
})

test('an error of the query is one line, also in the middle of the answer, and leaves no file', async () => {
  const address = await serve({
    async *query({ sql }) {
      if (sql === 'late') yield* answerOf(columns)
      yield { error: 'Parser Error: line 1, column 8:\nfound "FORM"' }
    },
  })
  const directory = temporaryDirectory()
  for (const args of [['early'], ['early', '-o', join(directory, 'x.parquet')]]) {
    const { stdout, stderr, exitCode } = await cli(address, 'sql', ...args)
    expect([stdout, stderr, exitCode]).toEqual(['', 'Parser Error: line 1, column 8: found "FORM"\n', 1])
  }
  expect(readdirSync(directory)).toEqual([])
})

test('a server without SQL says what to do', async () => {
  const { stdout, stderr, exitCode } = await cli(await serve({}), 'sql', 'SELECT 1')
  expect(stderr).toMatch(
    /^127\.0\.0\.1:\d+ does not answer SQL \(.*implement.*\): update the server, or .*\n$/,
  )
  expect([stdout, exitCode]).toEqual(['', 1])
})

test('a column of a type that no server sends is an error that says what to do', async () => {
  const file = join(temporaryDirectory(), 'x.parquet')
  const list = await serve({ query: () => answerOf({ l: vectorFromArray([[1, 2]]) }) })
  for (const args of [[], ['-o', file]])
    expect((await cli(list, 'sql', 'SELECT 1', ...args)).stderr).toMatch(
      /^column "l" is List<Float64>, which .*: cast it to text \(l::text\), write -o FILE\.arrow, or .*\n$/,
    )
})

test.each([
  ['SELECT 1', '-f', 'query.sql'],
  ['SELECT 1', '--json', '-o', 'x.csv'],
  ['SELECT 1', '-o', 'x.txt'],
  ['SELECT 1', '--json', '--csv'],
  ['SELECT 1', 'SELECT 2'],
])('wrong usage: %s %s %s', async (...args) => {
  const { stdout, stderr, exitCode } = await cliWith({}, await serve({}), 'sql', ...args)
  expect(stderr).toMatch(/^error: .* \(see table-cli sql --help\)\n$/)
  expect([stdout, exitCode]).toEqual(['', 2])
})

test('Ctrl-C leaves no file, and the server is told', async () => {
  const cancelled = Promise.withResolvers<void>()
  const sent = Promise.withResolvers<void>()
  const address = await serve({
    async *query(_, isCancelled) {
      isCancelled.then(() => cancelled.resolve())
      yield* answerOf(columns)
      sent.resolve()
      await isCancelled
    },
  })
  const directory = temporaryDirectory()
  const args = ['sql', 'SELECT 1', '-o', join(directory, 'x.csv')]
  const child = spawn(process.execPath, [main, ...args], { env: environment(address) })
  onTestFinished(() => void child.kill('SIGKILL'))
  await sent.promise
  await expect.poll(() => readdirSync(directory)).toEqual([expect.stringMatching(/^\.table-cli-/)])
  child.kill('SIGINT')
  await outcomeOf(child)
  expect(child.signalCode).toBe('SIGINT')
  expect(readdirSync(directory)).toEqual([])
  await cancelled.promise
})

test('on a terminal a long answer goes through the pager, which may end before it', async () => {
  const address = await serve({ query: () => answerOf(columns, 5000) })
  const child = cliOnTerminal(address, ['sql', 'SELECT 1'], { PAGER: 'head -4', NO_COLOR: '1' })
  const { stdout } = await outcomeOf(child)
  expect(stdout.split('\r\n').slice(2)).toEqual([
    '----------------  -------------  ------',
    '9007199254740993  NULL              0.1',
    expect.stringMatching(/^stopped after [\d,]+ rows$/),
    '',
  ])
})

test('on a terminal a short answer is printed as it is, with dim nulls', async () => {
  const child = cliOnTerminal(await server(), ['sql', 'SELECT 1'], {
    PAGER: 'false',
    TERM: 'xterm-256color',
    NO_COLOR: '',
  })
  const { stdout } = await outcomeOf(child)
  expect(stdout).toContain('\x1b[2m∅\x1b[22m')
  expect(stdout).toContain('9007199254740993  NULL')
})
