import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ask, metric } from '../support/http.ts'
import { linesOf, spawnServer } from '../support/process.ts'
import { raw } from '../support/rawHttp1.ts'
import { eventually } from '../support/server.ts'

const longPath = `GET /${'a'.repeat(100)} HTTP/1.1\r\nHost: localhost\r\n`

/** Makes 16 calls with long lines. */
function callOften(server: { port: number }): Promise<string> {
  return raw(server, `${`${longPath}\r\n`.repeat(15)}${longPath}Connection: close\r\n\r\n`)
}

test('a stderr that nobody reads neither stops the server nor fills its memory, and it tells of lines left out', async () => {
  const { child, ready, exited } = spawnServer({ env: { TABLE_LOG_LEVEL: 'info' } })
  const server = await ready
  child.stderr?.pause()
  const dropped = () => metric(server, 'table_log_lines_dropped_total')
  do for (let i = 0; i < 16; i++) await callOften(server)
  while ((await dropped()) === 0)
  const before = await dropped()
  await callOften(server)
  expect(await dropped()).toBe(before + 16)

  child.stderr?.resume()
  await eventually(async () => {
    const before = await dropped()
    await callOften(server)
    expect(await dropped()).toBe(before)
  })
  const all = await dropped()
  child.kill()
  const { code, stderr } = await exited
  expect(code).toBe(0)
  const told = linesOf(stderr).map(({ lines = 0 }) => Number(lines))
  expect(told.reduce((sum, lines) => sum + lines, 0)).toBe(all)
})

test('a server whose stderr nobody reads stops all the same', async () => {
  const { child, ready } = spawnServer({ env: { TABLE_LOG_LEVEL: 'info' } })
  const server = await ready
  child.stderr?.pause()
  for (let i = 0; i < 30; i++) await callOften(server)
  child.kill()
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  child.stderr?.resume()
})

test('a reader of stderr that goes away does not end the server', async () => {
  const server = spawnServer({ env: { TABLE_LOG_LEVEL: 'info' } })
  const { port } = await server.ready
  server.child.stderr?.destroy()
  for (let i = 0; i < 3; i++) expect((await ask({ port }, 'GET', '/table')).status).toBe(200)
})

test.each([
  [true, /^\d\d:\d\d:\d\d WARN {2,}so it is file="a b"\n$/],
  [false, /^\{"level":"warn","time":"[^"]+","file":"a b","msg":"so it is"\}\n$/],
])('lines are for people on a terminal (%s), and JSON elsewhere', async (isTTY, line) => {
  const { isTTY: before } = process.stderr
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => {
    process.stderr.isTTY = before
    write.mockRestore()
  })
  process.stderr.isTTY = isTTY
  process.stderr.hasColors ??= () => false
  const { log } = await import('../../src/observe/log.ts')
  log.warn({ file: 'a b' }, 'so it is')
  expect(write.mock.calls.map(([text]) => text)).toEqual([expect.stringMatching(line)])
})
