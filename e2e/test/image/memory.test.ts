// The most memory that the server needs in the 512 MB container. Each case has a container of its own,
// because the peak of a process is never reset. TABLE_TESTS=long adds the full load: 400 batches of 250,000
// rows, 100 million rows.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { form } from '../../../testing/form.ts'
import { type ContainerServer, inspect, startContainer } from '../../support/containerServer.ts'
import { writeLargeCsv } from '../../support/largeCsv.ts'
import { type PythonSession, runPython, testSession } from '../../support/python.ts'
import { peakMemory } from '../../support/server.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

/** The most resident memory that the server's process may have, in MB. */
const LIMIT = 350

const directory = temporaryDirectory()
const file = (name: string) => join(directory, name)
const table: Record<string, string | number>[] = []
const rows: Record<string, number> = {}

beforeAll(() => {
  rows.numbers400 = writeLargeCsv(file('numbers400'), 400, 'numbers')
  rows.numbers50 = writeLargeCsv(file('numbers50'), 50, 'numbers')
  rows.texts50 = writeLargeCsv(file('texts50'), 50, 'texts')
})
afterAll(() => {
  rmSync(directory, { recursive: true })
  console.table(table)
})

/**
 * Runs `load` against a new container, and checks how much memory it needed. `expected` is the sum of `one`
 * afterwards.
 */
async function measure(name: string, expected: number, load: (server: ContainerServer) => Promise<unknown>) {
  const server = await startContainer()
  onTestFinished(() => server.stop())
  const started = performance.now()
  await load(server)
  const seconds = Math.round((performance.now() - started) / 100) / 10
  const session = testSession(server)
  expect(await session.total('one', 'csv')).toBe(BigInt(expected))
  expect(await session.total('one', 'parquet')).toBe(BigInt(expected))

  const peak = await peakMemory(server)
  table.push({ case: name, seconds, 'process MB': peak, 'container MB': await containerPeak(server) })
  expect(await inspect(server.container, '.State.OOMKilled')).toBe('false')
  expect(await inspect(server.container, '.RestartCount')).toBe('0')
  expect(peak).toBeLessThan(LIMIT)
}

/**
 * Returns the container's peak including the page cache, which the kernel reclaims when the container reaches
 * its limit.
 */
async function containerPeak(server: ContainerServer): Promise<number> {
  const files = '/sys/fs/cgroup/memory.peak /sys/fs/cgroup/memory/memory.max_usage_in_bytes'
  return Math.round(Number((await server.inside(`cat ${files} 2>/dev/null || true`)).toString()) / 2 ** 20)
}

async function uploadAtOnce(session: PythonSession, name: string, count: number) {
  const answers = await Promise.all(Array.from({ length: count }, () => session.upload(file(name))))
  expect(answers).toEqual(Array(count).fill({ error: '' }))
}

test('one upload of 400 MB in one plain unary call', () =>
  measure('400 MB in one upload', rows.numbers400 as number, async server => {
    expect(await runPython('clients/upload.py', [file('numbers400')], server)).toBe('success')
  }))

test('12 uploads of 50 MB, one after the other', () =>
  measure('12 x 50 MB in turn', 12 * (rows.numbers50 as number), async server => {
    const session = testSession(server)
    for (let i = 0; i < 12; i++) await uploadAtOnce(session, 'numbers50', 1)
  }))

test.each([8, 16])('%i uploads of 50 MB at once', count =>
  measure(`${count} x 50 MB at once`, count * (rows.numbers50 as number), server =>
    uploadAtOnce(testSession(server), 'numbers50', count),
  ),
)

test('8 uploads of 50 MB of texts and doubles at once', () =>
  measure('8 x 50 MB of texts at once', 8 * (rows.texts50 as number), server =>
    uploadAtOnce(testSession(server), 'texts50', 8),
  ))

test('8 sums at once, again and again, while 8 uploads of 50 MB run', () =>
  measure('8 sums during 8 x 50 MB', 10 * (rows.numbers50 as number), async server => {
    const session = testSession(server)
    await uploadAtOnce(session, 'numbers50', 2)
    let uploading = true
    const sums = Array.from({ length: 8 }, async (_, i) => {
      while (uploading) {
        const total = await session.total('one', i % 2 ? 'csv' : 'parquet')
        expect(total % BigInt(rows.numbers50 as number)).toBe(0n)
      }
    })
    await uploadAtOnce(session, 'numbers50', 8)
    uploading = false
    await Promise.all(sums)
  }))

if (form === 'long')
  test('the big load: 400 batches of 250,000 rows', async () => {
    const server = await startContainer()
    onTestFinished(() => server.stop())
    console.log(await runPython('clients/bigdata.py', [], server))
    const session = testSession(server)
    for (const format of ['csv', 'parquet']) {
      expect(await session.total('x', format)).toBe(100_000_000n)
      expect(await session.total('z', format)).toBe(19_999_950_000_000n)
    }
    const peak = await peakMemory(server)
    table.push({ case: 'the big load', 'process MB': peak, 'container MB': await containerPeak(server) })
    expect(await inspect(server.container, '.State.OOMKilled')).toBe('false')
    expect(peak).toBeLessThan(LIMIT)
  })
