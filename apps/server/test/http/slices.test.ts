import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { expect, onTestFinished, test } from 'vitest'
import { serveFile } from '../support/http.ts'
import { raw, rawConnection } from '../support/rawHttp1.ts'

const server = serveFile()
const HOST = 'Host: localhost\r\n'
const sum = `GET /columns/x/sum HTTP/1.1\r\n${HOST}\r\n`
const last = `GET /columns/x/sum HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`
/** Longer than several slices. */
const csv = `x\n${'1\n'.repeat(30_000)}`

/** Counts the requests that Node makes from now on. */
function countRequests(): () => number {
  let count = 0
  const onStart = () => {
    count++
  }
  subscribe('http.server.request.start', onStart)
  onTestFinished(() => void unsubscribe('http.server.request.start', onStart))
  return () => count
}

test.each([
  ['a body of known length', `Content-Length: ${csv.length}\r\n\r\n${csv}`],
  ['a body in chunks', `Transfer-Encoding: chunked\r\n\r\n${csv.length.toString(16)}\r\n${csv}\r\n0\r\n\r\n`],
])('requests behind %s are answered in order, however they come', async (_, body) => {
  const before = Number(/"total":"(\d+)"/.exec(await raw(server, last))?.[1])
  const answers = await raw(server, `POST /uploads HTTP/1.1\r\n${HOST}${body}${sum.repeat(14)}${last}`)
  expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 201', ...Array(15).fill('HTTP/1.1 200')])
  expect(answers.match(/"total":"\d+"/g)).toEqual(Array(15).fill(`"total":"${before + 30_000}"`))
})

test.each([
  ['at once', 0],
  ['behind a body', 1],
])('of very many requests on a connection, which come %s, few are made', async (_, bodies) => {
  const requests = countRequests()
  const connection = rawConnection(server)
  if (bodies > 0) {
    connection.write(`POST /uploads HTTP/1.1\r\n${HOST}Content-Length: 6\r\n\r\nx\n1\n`)
    await expect.poll(requests).toBe(1)
    connection.write('1\n')
  }
  connection.write(sum.repeat(10_000))
  await connection.closed
  expect(requests()).toBeLessThan(200)
})
