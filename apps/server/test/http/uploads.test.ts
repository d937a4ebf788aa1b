import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ask, serveFile, stored } from '../support/http.ts'
import { raw } from '../support/rawHttp1.ts'

const server = serveFile({ limits: { uploadBytes: 1_000_000 } })
const put = (body: string | Uint8Array, headers = {}, path = `/uploads/${randomUUID()}`) =>
  ask(server, 'PUT', path, { body, headers })
const sum = async (column: string) =>
  JSON.parse((await ask(server, 'GET', `/columns/${column}/sum`)).text).total

test('an upload is answered with its id, rows, types and warnings, and counts', async () => {
  const { status, text, headers } = await put('a,t\n1,x\n2,y\n')
  const answer = JSON.parse(text)
  expect(status).toBe(201)
  const columns = [
    { name: 'a', type: 'int64' },
    { name: 't', type: 'text' },
  ]
  expect(answer).toEqual({ id: expect.any(Number), rows: 2, columns, warnings: [] })
  expect(headers.location).toBe(`/uploads/${answer.id}`)
  expect(await sum('a')).toBe('3')
})

test('an upload that is repeated with the same id counts once, also if only one of them is packed', async () => {
  const path = `/uploads/${randomUUID()}`
  const first = await put('once\n5\n', {}, path)
  const again = await put(gzipSync('once\n5\n'), { 'content-encoding': 'gzip' }, path)
  expect(again.status).toBe(201)
  expect(JSON.parse(again.text).id).toBe(JSON.parse(first.text).id)
  expect(await sum('once')).toBe('5')
})

test('an upload under the id of another file is refused', async () => {
  const path = `/uploads/${randomUUID()}`
  await put('other\n5\n', {}, path)
  const { status, text } = await put('other\n6\n', {}, path)
  expect([status, JSON.parse(text).code]).toEqual([422, 'invalid-data'])
  expect(await sum('other')).toBe('5')
})

test('the name comes in the query, in any language', async () => {
  const path = `/uploads/${randomUUID()}?name=${encodeURIComponent('größe 1.csv')}`
  const { text } = await put('named\n5\n', {}, path)
  const found = await ask(server, 'GET', `/uploads/${JSON.parse(text).id}`)
  expect(JSON.parse(found.text).name).toBe('größe 1.csv')
})

test('gzip and deflate are unpacked, and chunks may be of any size', async () => {
  const csv = `packed,t\n${`1,${'t'.repeat(90)}\n`.repeat(5000)}`
  await put(gzipSync(csv), { 'content-encoding': 'gzip' })
  await put(deflateSync(csv), { 'content-encoding': 'DEFLATE' })
  await put(csv, { 'transfer-encoding': 'chunked' })
  expect(await sum('packed')).toBe('15000')
})

test('an error in the CSV says the line and the column, and nothing is kept', async () => {
  const before = readdirSync(join(server.dataDir, 'files'))
  const { status, text, headers } = await put('bad\n1\n"2\n')
  expect(status).toBe(422)
  expect(headers['content-type']).toBe('application/problem+json')
  expect(JSON.parse(text)).toEqual({
    title: 'Unprocessable Content',
    status: 422,
    detail: 'line 3, column 1: found a quote that is never closed, expected a closing quote',
    code: 'invalid-data',
    line: 3,
    column: 1,
  })
  expect(readdirSync(join(server.dataDir, 'files'))).toEqual(before)
  expect(readdirSync(join(server.dataDir, 'incoming'))).toEqual([])
})

describe('refused by the headers', () => {
  const large = 'x'.repeat(1_000_001)
  test.each([
    ['a body over the limit', 413, large, {}, '1000001 bytes or more, at most 1000000'],
    ['a packed body over the limit', 413, gzipSync(large), { 'content-encoding': 'gzip' }, 'at most 1000000'],
    ['chunks over the limit', 413, large, { 'transfer-encoding': 'chunked' }, 'at most 1000000'],
    ['an unknown packing', 415, 'x\n1\n', { 'content-encoding': 'br' }, 'found "br", expected gzip'],
    ['two packings', 415, 'x\n1\n', { 'content-encoding': 'gzip, gzip' }, 'expected gzip'],
    ['no gzip', 400, 'x\n1\n', { 'content-encoding': 'gzip' }, 'not gzip data'],
    ['a form', 415, 'x', { 'content-type': 'multipart/form-data; boundary=x' }, 'curl -T FILE'],
    ['what curl -d sends', 415, 'x1', { 'content-type': 'application/x-www-form-urlencoded' }, 'curl -T'],
    [
      'another charset',
      415,
      'x',
      { 'content-type': 'text/csv; charset="ISO-8859-1"' },
      'expected text/csv in UTF-8',
    ],
  ])('%s', async (_, status, body, headers, detail) => {
    const answer = await put(body, headers)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.text).detail).toContain(detail)
  })

  test.each([
    ['text/csv; charset=utf-8'],
    ['text/plain;charset=UTF-8'],
    ['application/octet-stream'],
    ['application/vnd.ms-excel'],
  ])('but not %s', async type => {
    expect((await put('typed\n1\n', { 'content-type': type })).status).toBe(201)
  })

  test('a body without a length', async () => {
    const answer = await raw(
      server,
      `PUT /uploads/${randomUUID()} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 411 .*send Content-Length/s)
  })

  test.each(['caf%E9.csv', '100%.csv'])('the name %s, which is no percent-encoded UTF-8', async name => {
    const { status, text } = await put('x\n1\n', {}, `/uploads/${randomUUID()}?name=${name}`)
    expect(status).toBe(400)
    expect(JSON.parse(text).detail).toBe(
      `found the query "?name=${name}", expected percent-encoded UTF-8 after each %`,
    )
  })

  test('an id that is no UUID, and a name over two lines', async () => {
    expect((await put('x\n1\n', {}, '/uploads/7')).text).toContain('expected a UUID')
    expect((await put('x\n1\n', {}, `/uploads/${randomUUID()}?name=a%0Ab`)).text).toContain(
      'control character',
    )
  })
})

test('an upload that is deleted is gone, and deleting it again says so', async () => {
  const id = await stored(server, 'gone\n1\n')
  const deleted = await ask(server, 'DELETE', `/uploads/${id}`)
  expect([deleted.status, deleted.text]).toEqual([204, ''])
  // https://www.rfc-editor.org/rfc/rfc9110#section-8.6-8
  expect(deleted.headers).not.toHaveProperty('content-length')
  expect(await sum('gone')).toBe('0')
  for (const method of ['GET', 'DELETE']) {
    const { status, text } = await ask(server, method, `/uploads/${id}`)
    expect([status, JSON.parse(text).code]).toEqual([404, 'not-found'])
  }
})
