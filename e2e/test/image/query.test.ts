// Queries and slow downloads in the 512 MB container: how much memory the server and its process for queries take together.
// TABLE_TESTS=long groups by 100 million distinct values.
import { createReadStream, rmSync, statSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { form } from '../../../testing/form.ts'
import {
  type ContainerServer,
  inspect,
  listening,
  publishedPort,
  startContainer,
} from '../../support/containerServer.ts'
import { writeLargeCsv } from '../../support/largeCsv.ts'
import { output } from '../../support/run.ts'
import { peakMemory } from '../../support/server.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

/** The most memory that both processes may have together, in MB, without the page cache. */
const LIMIT = 450
/** The most that the server alone may have, in MB. */
const SERVER_LIMIT = 250
const DISTINCT = { short: 5e6, middle: 20e6, long: 100e6 }[form]

const directory = temporaryDirectory()
const file = `${directory}/numbers`
beforeAll(() => {
  writeLargeCsv(file, 400, 'numbers')
})
afterAll(() => rmSync(directory, { recursive: true }))

async function startedContainer() {
  const server = await startContainer()
  onTestFinished(() => server.stop())
  return server
}

function ask(server: ContainerServer, method: string, path: string, body?: string | { file: string }) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const type = typeof body === 'string' ? 'application/sql' : 'text/csv'
    const headers = body === undefined ? {} : { 'content-type': type }
    const sent = request({ port: server.port, host: '127.0.0.1', method, path, headers }, resolve).on(
      'error',
      reject,
    )
    if (typeof body === 'object') createReadStream(body.file).pipe(sent)
    else sent.end(body)
  })
}

/** Returns the most memory of all processes of the container while `work` runs, in MB, without the page cache. */
async function peakDuring(server: ContainerServer, work: Promise<unknown>): Promise<number> {
  const isOver = work.then(
    () => true,
    () => true,
  )
  let peak = 0
  do {
    const files = '/sys/fs/cgroup/memory.stat /sys/fs/cgroup/memory/memory.stat'
    const stat = (await server.inside(`cat ${files} 2>/dev/null || true`)).toString()
    peak = Math.max(peak, Number(/^(?:anon|total_rss) (\d+)$/m.exec(stat)?.[1]) / 2 ** 20)
  } while (!(await Promise.race([isOver, pause(100, false)])))
  return Math.round(peak)
}

test('a GROUP BY of more values than memory holds ends with an answer or a clear error', async () => {
  const server = await startedContainer()
  const started = performance.now()
  const sql = `SELECT count(*) AS n, sum(c) AS rows FROM (SELECT i, count(*) AS c FROM range(${DISTINCT}) r(i) GROUP BY i)`
  const answered = ask(server, 'POST', '/query', sql).then(
    async answer => [answer.statusCode, await text(answer)] as const,
  )
  const peak = await peakDuring(server, answered)
  const [status, said] = await answered
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(
    `GROUP BY of ${DISTINCT} values: status ${status} after ${seconds} s, peak ${peak} MB: ${said.slice(0, 200)}`,
  )
  if (status === 200) expect(JSON.parse(said).rows).toEqual([[DISTINCT, DISTINCT]])
  else
    expect([status, JSON.parse(said).detail]).toEqual([
      413,
      expect.stringMatching(/needs more than the 64 MiB/),
    ])
  expect(peak).toBeLessThan(LIMIT)
  expect((await ask(server, 'GET', '/readyz')).statusCode).toBe(200)
  expect(await inspect(server.container, '.State.OOMKilled')).toBe('false')
  expect(await inspect(server.container, '.RestartCount')).toBe('0')
})

test('a client that takes a file of 400 MB slowly costs no memory', async () => {
  const first = await startedContainer()
  expect((await ask(first, 'POST', '/uploads', { file })).statusCode).toBe(201)
  // A process that starts anew has the peak of the download alone.
  await output('docker', ['restart', first.container])
  await listening(first.container)
  const server = { ...first, port: await publishedPort(first.container) }
  const answer = await ask(server, 'GET', '/uploads/1.csv')
  let bytes = 0
  for await (const chunk of answer) {
    // Waits after each 4 MiB, in which the server could send all it has.
    if (bytes >> 22 !== (bytes + chunk.length) >> 22) await pause(50)
    bytes += chunk.length
  }
  expect(bytes).toBe(statSync(file).size)
  const peak = await peakMemory(server)
  console.log(`a slow download: ${peak} MB`)
  expect(peak).toBeLessThan(SERVER_LIMIT)
})
