import { beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../../src/http/routes.ts'
import { ask, serveFile, stored } from '../support/http.ts'

const server = serveFile()
const get = async (path: string, headers = {}) => {
  const answer = await ask(server, 'GET', path, { headers })
  return { ...answer, json: answer.text === '' ? undefined : JSON.parse(answer.text) }
}

beforeAll(async () => {
  await stored(server, 'x,t,a/b é\n9007199254740993,é,1\n1,,2\n')
  await stored(server, 'x\n-5\n')
  await stored(server, 'x\n7\n')
})

test('sums are exact texts, of both formats', async () => {
  for (const format of ['csv', 'parquet'])
    expect((await get(`/columns/x/sum?format=${format}`)).json).toEqual({
      column: 'x',
      format,
      total: '9007199254740996',
    })
  expect((await get('/columns/unknown/sum')).json.total).toBe('0')
})

test('a column may have any name', async () => {
  expect((await get(`/columns/${encodeURIComponent('a/b é')}/sum`)).json.total).toBe('3')
  expect((await get('/columns/%FF/sum')).status).toBe(400)
})

test('statistics say what gRPC says', async () => {
  const { json } = await get('/columns/x/stats?format=csv')
  const counts = { rows: 4, nulls: 0, types: [{ type: 'int64', uploads: 3 }] }
  const bounds = { min: '-5', max: '9007199254740993' }
  expect(json).toEqual({ name: 'x', ...counts, ...bounds, sum: '9007199254740996', mean: '2251799813685249' })
})

test('the table is described', async () => {
  const { json } = await get('/table')
  expect(json).toMatchObject({ uploads: 3, rows: 4, more_columns: 0 })
  expect(json.csv_bytes).toBeGreaterThan(0)
  expect(json.columns.map(({ name }: { name: string }) => name)).toEqual(['x', 't', 'a/b é'])
})

test('uploads are listed page by page', async () => {
  const first = (await get('/uploads?page_size=2')).json
  expect(first.uploads.map(({ id }: { id: number }) => id)).toEqual([3, 2])
  const second = (await get(`/uploads?page_size=2&cursor=${first.next_cursor}`)).json
  expect(second.uploads.map(({ id }: { id: number }) => id)).toEqual([1])
  expect(second.next_cursor).toBeNull()
  expect((await get('/uploads?oldest_first=true&page_size=1')).json.uploads[0].id).toBe(1)
  expect((await get('/uploads?received_before=2000-01-01T00:00:00Z')).json.uploads).toEqual([])
})

test('an upload is described', async () => {
  const { json } = await get('/uploads/2')
  const { received_at, parquet_bytes, ...others } = json
  expect(Date.parse(received_at)).toBeLessThanOrEqual(Date.now())
  const columns = [{ name: 'x', type: 'int64' }]
  expect(others).toEqual({ id: 2, upload_id: null, name: null, rows: 1, csv_bytes: 5, columns })
})

describe('a wrong question is refused', () => {
  test.each([
    ['/columns/x/sum?format=xml', 422, 'xml'],
    ['/columns/t/sum', 422, 't'],
    ['/columns/x/sum?fromat=csv', 400, 'found the parameter "fromat", expected format'],
    ['/columns/x/sum?format=csv&format=csv', 400, 'twice'],
    ['/table?x', 400, 'expected no parameters'],
    ['/uploads?page_size=5000', 422, 'page_size: found 5000'],
    ['/uploads?page_size=-1', 400, 'page_size: found "-1"'],
    ['/uploads?oldest_first=yes', 400, 'expected true or false'],
    ['/uploads?cursor=x', 422, 'cursor'],
    ['/uploads/999', 404, 'no upload 999'],
    ['/uploads/0', 404, 'no upload 0'],
    ['/uploads/99999999999999999999', 400, 'expected its id'],
    ['/uploads/x.csv', 400, 'expected its id'],
    ['/uploads/', 404, 'there is no /uploads/'],
    ['/columns/x', 404, 'openapi.json'],
    ['//', 404, 'openapi.json'],
  ])('%s: %i', async (path, status, detail) => {
    const { json, headers, ...answer } = await get(path)
    expect([answer.status, json.status]).toEqual([status, status])
    expect(json.detail).toContain(detail)
    expect(json.code).toBe({ 400: 'invalid-request', 404: 'not-found', 422: 'invalid-data' }[status])
    expect(headers['content-type']).toBe('application/problem+json')
  })

  test('by its method', async () => {
    const { status, headers, text } = await ask(server, 'PATCH', '/uploads/1')
    expect(JSON.parse(text).code).toBe('invalid-request')
    expect([status, headers.allow]).toEqual([405, 'PUT, GET, DELETE, HEAD, OPTIONS'])
    expect((await ask(server, 'OPTIONS', '/table')).headers.allow).toBe('GET, HEAD, OPTIONS')
  })

  test('by what it accepts', async () => {
    const accepts = async (accept: string) => (await get('/table', { accept })).status
    expect(await accepts('text/html')).toBe(406)
    expect(await accepts('application/json;q=0, */*;q=0.5')).toBe(406)
    expect(await accepts('text/html, application/*;q=0.1')).toBe(200)
    expect(await accepts('*/*')).toBe(200)
  })

  test('by its body', async () => {
    const { status, text } = await ask(server, 'GET', '/table', {
      body: 'x',
      headers: { 'content-length': 1 },
    })
    expect([status, JSON.parse(text).detail]).toEqual([400, expect.stringContaining('found a body')])
    expect((await ask(server, 'DELETE', '/uploads/999', { body: '' })).status).toBe(404)
  })
})

test('every answer has the headers that keep it from being taken for a page, also answers without a body', async () => {
  const paths = [...routes.map(({ path }) => path.replace('{id}', '1').replace('{name}', 'x')), '/none']
  for (const path of paths)
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) {
      const { headers, text } = await ask(server, method, path)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'")
      expect(headers['cross-origin-resource-policy']).toBe('same-origin')
      if (method === 'HEAD') expect(text).toBe('')
      else if (headers['content-type']?.includes('json')) expect(headers['cache-control']).toMatch(/^no-/)
    }
})
