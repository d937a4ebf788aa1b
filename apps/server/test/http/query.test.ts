import { expect, test } from 'vitest'
import { ask } from '../support/http.ts'
import { queried } from '../support/query.ts'
import { serve, upload } from '../support/server.ts'

test('a query is answered with the same Arrow stream as over gRPC, or refused with a reason', async () => {
  const server = await serve()
  await upload(server.client, 'x,t\n1,a\n2,b\n')
  const query = (body: string, headers = {}) =>
    ask(server, 'POST', '/query', { body, headers: { 'content-type': 'application/sql', ...headers } })

  const sql = 'SELECT t, x FROM data ORDER BY x DESC'
  const { status, headers, body } = await query(sql)
  expect([status, headers['content-type']]).toEqual([200, 'application/vnd.apache.arrow.stream'])
  expect(body.equals(await queried(server.client, sql))).toBe(true)

  const refused = async (body: string, headers = {}) => {
    const { status, text } = await query(body, headers)
    return [status, JSON.parse(text).detail]
  }
  expect(await refused('SELECT y FROM data')).toEqual([422, expect.stringContaining('"y"')])
  expect(await refused('DROP TABLE data')).toEqual([422, expect.any(String)])
  expect(await refused('')).toEqual([422, expect.stringContaining('found no statement')])
  expect(await refused('SELECT 1'.padEnd(70_000))).toEqual([413, expect.stringContaining('at most 65536')])
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(await refused(sql, form)).toEqual([415, expect.stringContaining('application/sql')])
  expect(await refused(sql, { accept: 'text/csv' })).toEqual([406, expect.any(String)])
  expect(
    (await ask(server, 'POST', '/query', { body: sql, headers: { origin: 'http://evil.com' } })).status,
  ).toBe(403)
})
