import { describe, expect, test } from 'vitest'
import { ask, serveFile } from '../support/http.ts'
import { spawnServer } from '../support/process.ts'
import { raw } from '../support/rawHttp1.ts'
import { temporaryDirectory } from '../support/server.ts'

const server = serveFile({ http: { hosts: ['table.example.com'], origins: ['https://app.example.com'] } })
const statusOf = async (headers: Record<string, string>, method = 'GET', path = '/table') =>
  (await ask(server, method, path, { headers })).status

describe('the name in Host', () => {
  test.each([
    '127.0.0.1',
    '10.1.2.3:8080',
    '[::1]:5440',
    'localhost:9',
    'LOCALHOST',
    'table.example.com',
    'Table.Example.com:443',
  ])('%s is the server', async host => {
    expect(await statusOf({ host })).toBe(200)
  })

  test.each([
    'evil.example.com',
    'localhost.evil.com',
    'localhost.',
    '127.0.0.1.evil.com',
    '2130706433',
    '0x7f.1',
    'example.com',
    'a.table.example.com',
  ])('%s is not, on any path', async host => {
    for (const path of ['/table', '/readyz', '/openapi.json', '/none'])
      expect(await statusOf({ host }, 'GET', path)).toBe(403)
    for (const method of ['PUT', 'DELETE', 'OPTIONS'])
      expect(await statusOf({ host }, method, '/uploads/1')).toBe(403)
  })

  test.each(['', 'localhost:x', 'a@localhost', '[::g]', '[127.0.0.1]', 'localhost/'])(
    '"%s" is no name',
    async host => {
      expect(await raw(server, `GET /table HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(
        / 400 /,
      )
    },
  )

  test('comes exactly once', async () => {
    const headers = 'Host: localhost\r\nConnection: close\r\n'
    expect(await raw(server, `GET /table HTTP/1.1\r\n${headers}\r\n`)).toMatch(/^HTTP\/1.1 200/)
    expect(await raw(server, `GET /table HTTP/1.1\r\n${headers}Host: localhost\r\n\r\n`)).toMatch(/ 400 /)
    expect(await raw(server, 'GET /table HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/ 400 /)
    expect(await raw(server, 'GET /table HTTP/1.0\r\n\r\n')).toMatch(/ 400 /)
  })

  test('is not overruled by a target with a name', async () => {
    const request = 'GET http://localhost/table HTTP/1.1\r\nHost: evil.com\r\nConnection: close\r\n\r\n'
    expect(await raw(server, request)).toMatch(/ 403 /)
    expect(await raw(server, request.replace('evil.com', 'localhost'))).toMatch(/ 400 /)
  })
})

describe('a page of another site', () => {
  const host = 'localhost:5440'
  test.each([
    { origin: 'http://evil.com' },
    { origin: 'null' },
    { origin: 'http://localhost:3000' },
    { origin: 'http://localhost' },
    { origin: 'file://' },
    { origin: 'https://app.example.com.evil.com' },
    { origin: 'https://app.example.com, http://localhost:5440' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'http://localhost:5440', 'sec-fetch-site': 'cross-site' },
  ])('%o neither reads nor changes anything', async headers => {
    for (const path of ['/table', '/uploads', '/columns/x/sum', '/uploads/1.csv'])
      expect(await statusOf({ host, ...headers }, 'GET', path)).toBe(403)
    for (const [method = '', path] of [
      ['PUT', '/uploads/1'],
      ['POST', '/uploads'],
      ['DELETE', '/uploads/1'],
    ])
      expect(await statusOf({ host, ...headers }, method, path)).toBe(403)
    const { headers: answer } = await ask(server, 'OPTIONS', '/table', { headers: { host, ...headers } })
    expect(Object.keys(answer).filter(name => name.startsWith('access-control'))).toEqual([])
  })

  test.each([
    { origin: 'http://localhost:5440', 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    {},
  ])('%o is none', async headers => {
    expect(await statusOf({ host, ...headers })).toBe(200)
  })

  test('may be named by the operator, and then reads answers, also those that refuse', async () => {
    const headers = { host, origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' }
    for (const path of ['/table', '/uploads/99']) {
      const { headers: answer } = await ask(server, 'GET', path, { headers })
      expect(answer).toMatchObject({ 'access-control-allow-origin': headers.origin, vary: 'origin' })
    }
    const asked = await ask(server, 'OPTIONS', '/uploads/1', { headers })
    expect(asked.status).toBe(204)
    expect(asked.headers['access-control-allow-methods']).toBe('PUT, GET, DELETE, HEAD, OPTIONS')
    expect(asked.headers['access-control-allow-headers']).toContain('authorization')
  })
})

test('the flags of a server name its hosts and origins, and can turn HTTP off', async () => {
  const flags = (...more: string[]) => [
    '--port',
    '0',
    '--data-dir',
    temporaryDirectory(),
    '--workers',
    '1',
    ...more,
  ]
  const named = spawnServer({
    args: flags(
      '--host',
      'LocalHost',
      '--allow-host',
      'a.example.com',
      '--allow-origin',
      'https://app.example.com',
    ),
  })
  const off = spawnServer({ args: flags('--http', 'off') })
  const { port } = await named.ready
  const answered = async (headers: Record<string, string>) =>
    (await ask({ port }, 'GET', '/table', { headers })).status
  expect(await answered({ host: 'a.example.com' })).toBe(200)
  expect(await answered({ host: 'b.example.com' })).toBe(403)
  expect(await answered({ host: 'localhost', origin: 'https://app.example.com' })).toBe(200)
  expect(await answered({ host: 'localhost', origin: 'https://other.example.com' })).toBe(403)
  expect(await raw(await off.ready, 'GET /table HTTP/1.1\r\nHost: localhost\r\n\r\n')).not.toContain('200')
})
