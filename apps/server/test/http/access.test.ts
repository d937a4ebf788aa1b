import { expect, test } from 'vitest'
import { TokenFile } from '../../src/auth/tokenFile.ts'
import { routes } from '../../src/http/routes.ts'
import { ask } from '../support/http.ts'
import { raw } from '../support/rawHttp1.ts'
import { tokenFile } from '../support/secrets.ts'
import { serve } from '../support/server.ts'

test('every route wants a token with its scope, but those for everybody', async () => {
  const server = await serve({ access: { tls: undefined, tokens: new TokenFile(tokenFile()) } })
  const statusOf = async (method: string, path: string, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization }
    const answer = await ask(server, method, path.replace('{id}', '99').replace('{name}', 'x'), { headers })
    if (answer.status === 401) expect(answer.headers['www-authenticate']).toBe('Bearer realm="table"')
    return answer.status
  }
  for (const { method, path, scope } of routes) {
    if (!scope) {
      expect(await statusOf(method, path)).toBe(200)
      continue
    }
    for (const wrong of [undefined, '', 'Bearer', 'Bearer wrong', 'Basic cmVhZGVy', 'reader'])
      expect(await statusOf(method, path, wrong)).toBe(401)
    const [right, other] = scope === 'read' ? ['reader', 'writer'] : ['writer', 'reader']
    expect(await statusOf(method, path, `Bearer ${other}`)).toBe(403)
    expect([200, 400, 404, 422]).toContain(await statusOf(method, path, `bearer ${right}`))
  }
})

test('a token comes once, and in the header alone', async () => {
  const server = await serve({ access: { tls: undefined, tokens: new TokenFile(tokenFile()) } })
  const header = 'Authorization: Bearer reader\r\n'
  const request = (headers: string) =>
    `GET /table HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n`
  expect(await raw(server, request(header))).toMatch(/^HTTP\/1.1 200 /)
  expect(await raw(server, request(header + header))).toMatch(/^HTTP\/1.1 401 .*found 2 headers/s)
  expect((await ask(server, 'GET', '/table?token=reader')).status).toBe(401)
})

test('nothing of a body is read before its request may proceed', async () => {
  const server = await serve({ access: { tls: undefined, tokens: new TokenFile(tokenFile()) } })
  const headers = 'Host: localhost\r\nExpect: 100-continue\r\nContent-Length: 9\r\n'
  const answer = await raw(server, `POST /uploads HTTP/1.1\r\n${headers}Authorization: Bearer reader\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1.1 403 /)
})
