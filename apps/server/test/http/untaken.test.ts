// Clients that do not take what they asked for.
import { expect, test } from 'vitest'
import { ask, serveFile, stored } from '../support/http.ts'
import { rawConnection } from '../support/rawHttp1.ts'

const server = serveFile({ limits: { idleTime: 1, uploads: 1 } })
const HOST = 'Host: localhost\r\n'

test('a download that is not taken is given up after the idle time, and makes room', async () => {
  const id = await stored(server, `x,t\n${'1,ttttttttttttttttttttttttttttt\n'.repeat(1_000_000)}`)
  const connection = rawConnection(server)
  connection.socket.pause()
  connection.write(`GET /uploads/${id}.csv HTTP/1.1\r\n${HOST}\r\n`)
  const status = async () => (await ask(server, 'HEAD', `/uploads/${id}.csv`)).status
  await expect.poll(status).toBe(503)
  await expect.poll(status).toBe(200)
  connection.socket.resume()
  expect((await connection.closed).length).toBeLessThan(32_000_000)
})
