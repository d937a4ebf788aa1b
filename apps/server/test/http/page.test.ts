import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ask, serveFile } from '../support/http.ts'

const server = serveFile()
const dist = join(import.meta.dirname, '../../../console/dist')
const script = readdirSync(join(dist, 'assets')).find(name => /^index-.*\.js$/.test(name)) as string

test('the page runs its own files alone, is in no frame, and is asked for again each time', async () => {
  const { status, headers, text } = await ask(server, 'GET', '/', {
    headers: { accept: 'text/html,*/*;q=0.8' },
  })
  expect(status).toBe(200)
  expect(text).toContain(`src="/assets/${script}"`)
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
  })
  const policy = String(headers['content-security-policy'])
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
    expect(policy).toContain(rule)
  expect(policy).not.toMatch(/unsafe|\*|http:/)
  expect(headers['set-cookie']).toBeUndefined()
})

test('a file of the page may be kept for ever, and comes packed to those who can unpack it', async () => {
  const plain = await ask(server, 'GET', `/assets/${script}`)
  const packed = await ask(server, 'GET', `/assets/${script}`, { headers: { 'accept-encoding': 'gzip, br' } })
  expect(plain.body).toEqual(readFileSync(join(dist, 'assets', script)))
  expect(gunzipSync(packed.body)).toEqual(plain.body)
  expect(plain.headers['content-encoding']).toBeUndefined()
  expect(packed.headers).toMatchObject({
    'content-encoding': 'gzip',
    vary: 'accept-encoding',
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'text/javascript; charset=utf-8',
  })
})

test('HEAD has the length and no body', async () => {
  const { headers, body } = await ask(server, 'HEAD', '/')
  expect(Number(headers['content-length'])).toBeGreaterThan(100)
  expect(body).toHaveLength(0)
})

test.each(['..%2findex.html', '..%2f..%2fpackage.json', 'none.js', `${script}.gz`, 'a%00.js', '%2e%2e'])(
  'there is no file %s',
  async name => {
    expect((await ask(server, 'GET', `/assets/${name}`)).status).toBe(404)
  },
)
