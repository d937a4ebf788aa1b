import { once } from 'node:events'
import { readFileSync, truncateSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ask, serveFile, stored } from '../support/http.ts'
import { rawConnection } from '../support/rawHttp1.ts'
import { serve } from '../support/server.ts'

const server = serveFile()
const csv = `x,t\n${`12,${'é'.repeat(50)}\n`.repeat(20_000)}`
let path = ''
let size = 0
const get = (headers = {}, method = 'GET', file = `${path}.csv`) => ask(server, method, file, { headers })
const fileOf = (path: string, format: string) =>
  join(server.dataDir, 'files', `${(path.split('/').at(-1) ?? '').padStart(8, '0')}.${format}`)

beforeAll(async () => {
  path = `/uploads/${await stored(server, csv)}`
  size = Buffer.byteLength(csv)
})

test('both files come back byte for byte, as files to save', async () => {
  const { status, headers, body } = await get()
  expect([status, body.equals(Buffer.from(csv))]).toEqual([200, true])
  expect(headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'content-length': String(size),
    'content-disposition': `attachment; filename="${path.split('/').at(-1)}.csv"`,
    'accept-ranges': 'bytes',
  })
  const parquet = await get({}, 'GET', `${path}.parquet`)
  expect(parquet.headers['content-type']).toBe('application/vnd.apache.parquet')
  expect(parquet.body.subarray(0, 4).toString()).toBe('PAR1')
})

test('HEAD says the same without a body', async () => {
  const { date: _, 'x-request-id': id, ...expected } = (await get()).headers
  const { status, headers, text } = await get({ range: 'bytes=0-9' }, 'HEAD')
  expect([status, text]).toEqual([200, ''])
  expect(headers).toMatchObject(expected)
  expect(headers['x-request-id']).not.toBe(id)
})

describe('ranges', () => {
  test.each([
    ['bytes=0-0', 0, 1],
    ['bytes=100000-200000', 100_000, 200_001],
    ['bytes=2000000-', 2_000_000, undefined],
    ['bytes=2000000-9999999999', 2_000_000, undefined],
    ['bytes=-8', -8, undefined],
    ['bytes=-99999999', 0, undefined],
  ])('%s', async (range, start, end) => {
    const { status, headers, body } = await get({ range })
    const whole = Buffer.from(csv)
    const expected = whole.subarray(start, end)
    const first = start < 0 ? size + start : start
    expect([status, body.equals(expected)]).toEqual([206, true])
    expect(headers['content-range']).toBe(`bytes ${first}-${first + expected.length - 1}/${size}`)
    expect(headers['content-length']).toBe(String(expected.length))
  })

  test.each(['bytes=9999999-', 'bytes=-0'])('%s is beyond the file', async range => {
    const { status, headers } = await get({ range })
    expect([status, headers['content-range']]).toEqual([416, `bytes */${size}`])
  })

  test.each(['bytes=5-1', 'bytes=-', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=a-b'])(
    '%s is no range of bytes, and the whole file comes',
    async range => {
      expect((await get({ range })).status).toBe(200)
    },
  )

  test('a reader of Parquet finds the footer, and what the footer points to', async () => {
    const at = `${path}.parquet`
    const end = (await get({ range: 'bytes=-8' }, 'GET', at)).body
    const footer = (await get({ range: `bytes=-${end.readUInt32LE(0) + 8}` }, 'GET', at)).body
    expect(end.subarray(4).toString()).toBe('PAR1')
    expect(readFileSync(fileOf(path, 'parquet')).subarray(-footer.length).equals(footer)).toBe(true)
  })

  test('a range of another version is not sent', async () => {
    const { etag = '' } = (await get()).headers
    const part = (headers: object) => get({ range: 'bytes=0-9', ...headers })
    expect((await part({ 'if-range': etag })).status).toBe(206)
    expect((await part({ 'if-range': '"other"' })).status).toBe(200)
    expect((await part({ 'if-range': `W/${etag}` })).status).toBe(200)
    expect((await part({ 'if-range': new Date().toUTCString() })).status).toBe(200)
  })
})

test('a client that has the file is told so', async () => {
  const { etag = '' } = (await get()).headers
  for (const known of [etag, `"other", W/${etag}`, '*']) {
    const { status, text, headers } = await get({ 'if-none-match': known })
    expect([status, text, headers.etag]).toEqual([304, '', etag])
    expect(headers).not.toHaveProperty('content-length') // which would be the one of the file
  }
  expect((await get({ 'if-none-match': '"other"' })).status).toBe(200)
  expect((await get({}, 'GET', `${path}.parquet`)).headers.etag).not.toBe(etag)
})

test('a connection takes many requests one after the other', async () => {
  const connection = rawConnection(server)
  for (let i = 0; i < 3; i++)
    connection.write(`GET ${path}.csv HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-2\r\n\r\n`)
  await connection.until(/(206 Partial.*x,t.*){3}/s)
  connection.socket.end()
  expect(await connection.closed).toMatch(/x,t$/)
})

test('downloads beyond the limit are refused, until a client has seen enough', async () => {
  const small = await serve({ limits: { uploads: 1 } })
  const id = await stored(small, `x,t\n${'1,ttttttttttttttttttttttttttttt\n'.repeat(500_000)}`)
  const first = request({
    host: '127.0.0.1',
    port: small.port,
    path: `/uploads/${id}.csv`,
    agent: false,
  }).end()
  first.on('error', () => {})
  await once(first, 'response')
  const status = async () => (await ask(small, 'GET', `/uploads/${id}.parquet`)).status
  expect(await status()).toBe(503)
  first.destroy()
  await expect.poll(status).toBe(200)
})

test('a file that was cut off does not look whole, and other files still come', async () => {
  const damaged = `/uploads/${await stored(server, csv)}`
  truncateSync(fileOf(damaged, 'csv'), 70_000)
  await expect(get({}, 'GET', `${damaged}.csv`)).rejects.toThrow()
  expect((await get()).status).toBe(200)
})
