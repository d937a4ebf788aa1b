import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { cli } from '../support/cli.ts'
import { serveStreams } from '../support/http2Server.ts'
import { type Handlers, serve } from '../support/tableServer.ts'

function table(colSum: NonNullable<Handlers['colSum']>) {
  return serve({ colSum })
}

test('csvsum and parquetsum print the time, then the sum over the files of their format', async () => {
  const server = await table(({ column, format }) => ({
    total: { csv: 1n, parquet: 2n }[format] ?? 0n,
    error: column === 'x' ? '' : column,
  }))
  for (const [command, total] of [
    ['csvsum', 1],
    ['parquetsum', 2],
  ] as const) {
    const { stdout, stderr, exitCode } = await cli(server, command, 'x')
    expect(stdout).toMatch(new RegExp(`^\\d+\\.\\d ms\\n${total}\\n$`))
    expect([stderr, exitCode]).toEqual(['', 0])
  }
})

test('sum prints the sum alone, from Parquet unless told otherwise, exactly', async () => {
  const server = await table(({ format }) => ({
    total: format === 'parquet' ? 2n ** 63n - 1n : -(2n ** 63n),
  }))
  expect(await cli(server, 'sum', 'x')).toEqual({ stdout: '9223372036854775807\n', stderr: '', exitCode: 0 })
  const csv = { stdout: '-9223372036854775808\n', stderr: '', exitCode: 0 }
  expect(await cli(server, 'sum', 'x', '--format', 'csv')).toEqual(csv)
})

test("the server's refusal is one line on standard error", async () => {
  const server = await table(() => ({ error: 'column "x" is text\nin upload 3' }))
  const refused = { stdout: '', stderr: 'column "x" is text in upload 3\n', exitCode: 1 }
  for (const command of ['csvsum', 'parquetsum', 'sum'])
    expect(await cli(server, command, 'x')).toEqual(refused)
})

test.each([
  [status.UNAVAILABLE, /^127.0.0.1:\d+ is not available now: draining: try again\n$/],
  [status.INTERNAL, /^the server failed \(INTERNAL\): draining: see what 127.0.0.1:\d+ printed\n$/],
])('status %i says what to do', async (code, message) => {
  const server = await table(() => Promise.reject({ code, details: 'draining' }))
  const { stdout, stderr, exitCode } = await cli(server, 'sum', 'x')
  expect(stderr).toMatch(message)
  expect([stdout, exitCode]).toEqual(['', 1])
})

test('a server without the method is reported as not a table server', async () => {
  const server = await serveStreams(stream => stream.respond({ ':status': 404 }, { endStream: true }))
  const { stderr, exitCode } = await cli(server, 'sum', 'x')
  expect(stderr).toMatch(/is not a table server .*: name the right server with --server\n$/)
  expect(exitCode).toBe(1)
})

test('a column that no upload has sums to 0, and standard error says which names come close', async () => {
  const names = ['x', 'Größe', 'GRO\u0308SSE', 'gro\u0308ße', ' größe', 'grösse']
  const column = { types: [], uploads: 1n, rows: 1n, nulls: 0n, min: '', max: '' }
  const columns = names.map(name => ({ name, ...column }))
  const server = await serve({ colSum: () => ({ total: 0n }), describe: () => ({ columns }) })
  expect(await cli(server, 'sum', 'größe')).toEqual({
    stdout: '0\n',
    stderr: 'no upload has a column "größe"; names that come close: "Größe", "gro\u0308ße", " größe"\n',
    exitCode: 0,
  })
  expect((await cli(server, 'sum', 'y')).stderr).toBe('no upload has a column "y"\n')
  expect(await cli(server, 'sum', 'x')).toEqual({ stdout: '0\n', stderr: '', exitCode: 0 })
})

test('sum says nothing of names where the server does not tell all of them', async () => {
  const never = () => new Promise<never>(() => {})
  for (const describe of [undefined, () => ({ moreColumns: 1n }), () => ({ error: 'no' }), never]) {
    const server = await serve({ colSum: () => ({ total: 0n }), ...(describe && { describe }) })
    expect(await cli(server, 'sum', 'x')).toEqual({ stdout: '0\n', stderr: '', exitCode: 0 })
  }
})

const nothing = { rows: 1n, nulls: 0n, min: '', max: '', mean: '' }
const SUMS: Record<string, string> = { a: '92233720368547758070', b: '1.5', text: '' }

function statsServer() {
  return serve({
    stats: ({ columns }) => ({
      columns: columns.map(name => {
        const types = name in SUMS ? [{ type: 'int64', uploads: 1n }] : []
        return { ...nothing, name, types, sum: SUMS[name] ?? '' }
      }),
    }),
    colSum: ({ column }) => ({ error: `column "${column}" is text: line 3 has "n/a"` }),
    describe: () => ({ columns: [{ ...nothing, name: 'A', types: [], uploads: 1n }] }),
  })
}

test('a sum may be of any size, or of doubles', async () => {
  const server = await statsServer()
  expect(await cli(server, 'sum', 'a')).toEqual({ stdout: '92233720368547758070\n', stderr: '', exitCode: 0 })
  expect(await cli(server, 'sum', 'b')).toEqual({ stdout: '1.5\n', stderr: '', exitCode: 0 })
})

test('sums of several columns are a table, in every style with the same words', async () => {
  const server = await statsServer()
  expect(await cli(server, 'sum', 'a', 'b', ' a')).toEqual({
    stdout: 'column  sum\na       92233720368547758070\nb       1.5\na       0\n',
    stderr: 'no upload has a column " a"; names that come close: "A"\n',
    exitCode: 0,
  })
  const rows = [
    { column: 'a', sum: '92233720368547758070' },
    { column: 'b', sum: '1.5' },
  ]
  expect(JSON.parse((await cli(server, 'sum', 'a', 'b', '--json')).stdout)).toEqual(rows)
  expect((await cli(server, 'sum', 'b', '--csv')).stdout).toBe('column,sum\nb,1.5\n')
})

test('a column without a sum is refused with the reason, and then nothing is printed', async () => {
  const server = await statsServer()
  const refusal = 'column "text" is text: line 3 has "n/a"\n'
  expect(await cli(server, 'sum', 'a', 'text')).toEqual({ stdout: '', stderr: refusal, exitCode: 1 })
})

test('a server without Stats sums integers', async () => {
  const server = await table(({ column }) => ({ total: BigInt(column) }))
  expect((await cli(server, 'sum', '7', '8', '--csv')).stdout).toBe('column,sum\n7,7\n8,8\n')
})
