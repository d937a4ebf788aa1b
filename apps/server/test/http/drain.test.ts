import { expect, onTestFinished, test, vi } from 'vitest'
import { rawConnection } from '../support/rawHttp1.ts'
import { eventually, incoming, serve } from '../support/server.ts'

const HOST = 'Host: localhost\r\n'

test('a stop ends idle connections, finishes requests, and answers only whoever watches', async () => {
  const origin = 'https://app.example.com'
  const server = await serve({ http: { hosts: [], origins: [origin] } })
  const idle = rawConnection(server)
  idle.write(`GET /readyz HTTP/1.1\r\n${HOST}\r\n`)
  await idle.until(/ready\n/)
  const upload = rawConnection(server)
  upload.write(`POST /uploads HTTP/1.1\r\n${HOST}Content-Length: 600004\r\n\r\nx\n${'1\n'.repeat(200_000)}`)
  await eventually(() => expect(incoming(server.dataDir)).not.toEqual([]))
  const stopped = server.stop()
  expect(await idle.closed).toMatch(/ready\n$/)
  for (const [path, status] of [
    ['/healthz', 200],
    ['/readyz', 503],
    ['/metrics', 200],
    ['/table', 503],
  ]) {
    const asked = rawConnection(server)
    asked.write(`GET ${path} HTTP/1.1\r\n${HOST}\r\n`)
    expect(await asked.closed).toMatch(new RegExp(`^HTTP/1.1 ${status} .*connection: close`, 's'))
  }
  const page = rawConnection(server)
  page.write(`GET /table HTTP/1.1\r\n${HOST}Origin: ${origin}\r\n\r\n`)
  expect(await page.closed).toContain(`\r\naccess-control-allow-origin: ${origin}\r\n`)
  upload.write('1\n'.repeat(100_001))
  const answer = await upload.closed
  expect(answer).toMatch(/^HTTP\/1.1 201 /)
  await stopped
})

test('an upload that does not arrive before the limit of a stop is refused and removed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { port, dataDir, stop } = await serve()
  const upload = rawConnection({ port })
  upload.write(`POST /uploads HTTP/1.1\r\n${HOST}Content-Length: 600004\r\n\r\nx\n${'1\n'.repeat(200_000)}`)
  while (incoming(dataDir).length === 0) await new Promise(setImmediate)
  const stopped = stop()
  await vi.advanceTimersByTimeAsync(8000)
  expect(await upload.until(/shutting down/)).toMatch(/^HTTP\/1.1 503 .*retry-after: 1/s)
  upload.socket.destroy()
  await stopped
  expect(incoming(dataDir)).toEqual([])
})
