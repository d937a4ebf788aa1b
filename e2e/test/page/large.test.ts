import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { repeat } from '../../../testing/form.ts'
import { writeLargeCsv } from '../../support/largeCsv.ts'
import { drop, listed, openPage, stage } from '../../support/page.ts'
import { peakMemory } from '../../support/server.ts'
import { testDirectory } from '../../support/temporary.ts'

const shared = stage()

/** What a server of 512 MB may take: the rest is for its process for queries and the page cache. */
const SERVER_MEGABYTES = 250
/** More than the browser takes for an upload of any size, and less than a copy of the smallest file here. */
const BROWSER_MEGABYTES = 48

/** Returns the memory of the processes of the browser that this process has started, in MB. */
function browserMemory(): number {
  const all = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return all.reduce((sum, pid) => sum + memoryOf(pid), 0) / 1024
}

function memoryOf(pid: string): number {
  try {
    if (!isOurs(pid)) return 0
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0 // The process has ended.
  }
}

function isOurs(pid: string): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  if (!/^Name:\s+chrom/m.test(status)) return false
  for (let parent = pid; parent !== '0' && parent !== '1'; ) {
    if (parent === String(process.pid)) return true
    parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${parent}/status`, 'utf8'))?.[1] ?? '0'
  }
  return false
}

test('a large file goes up while the memory of the server and of the browser stays flat', async () => {
  const path = join(testDirectory(), 'large.csv')
  const rows = writeLargeCsv(path, repeat('TABLE_PAGE_MEGABYTES'), 'numbers')
  const page = await openPage(shared)
  await drop(page, [path])
  await page.getByRole('region', { name: 'First rows' }).waitFor()
  const before = browserMemory()
  let most = 0
  const sampling = setInterval(() => {
    most = Math.max(most, browserMemory())
  }, 100)
  onTestFinished(() => clearInterval(sampling))
  await page.getByRole('button', { name: 'Upload 1 file' }).click()
  await page.getByText('stored', { exact: true }).waitFor({ timeout: 0 })
  clearInterval(sampling)
  expect((await listed(shared.server))[0]).toMatchObject({ name: 'large.csv', rows })
  const server = await peakMemory(shared.server)
  console.log(
    `${rows} rows: the browser took ${Math.round(most - before)} MB more than ${Math.round(before)}, the server ${server} at most`,
  )
  expect(server).toBeLessThan(SERVER_MEGABYTES)
  expect(most - before).toBeLessThan(BROWSER_MEGABYTES)
})

/** Passes connections on to the server. `onUpload`: told of each upload, returns how many bytes of its connection pass. */
async function proxyOf(
  onUpload: (id: string) => number,
  onLimit: (hangUp: () => void) => void,
): Promise<string> {
  const proxy = createServer({ allowHalfOpen: true }, client => {
    const server = connect(shared.server.port, '127.0.0.1')
    const hangUp = () => {
      client.destroy()
      server.destroy()
    }
    let left = Number.POSITIVE_INFINITY
    client.on('data', (chunk: Buffer) => {
      const [, id] = /^PUT \/uploads\/([^?]+)/.exec(chunk.toString('latin1')) ?? []
      if (id !== undefined) left = onUpload(id)
      left -= chunk.length
      if (left < 0) {
        client.pause()
        onLimit(hangUp)
      } else if (!server.write(chunk)) {
        client.pause()
        server.once('drain', () => client.resume())
      }
    })
    server.on('data', chunk => client.write(chunk))
    for (const socket of [client, server]) socket.on('error', hangUp).on('close', hangUp)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  onTestFinished(() => {
    proxy.close()
  })
  return `http://localhost:${(proxy.address() as AddressInfo).port}/`
}

test('an upload whose connection is cut at half is sent again under its id, and stored once', async () => {
  const path = join(testDirectory(), 'cut.csv')
  const rows = writeLargeCsv(path, 8, 'numbers')
  const ids: string[] = []
  const address = await proxyOf(
    id => (ids.push(id) === 1 ? 4e6 : Number.POSITIVE_INFINITY),
    hangUp => hangUp(),
  )
  const page = await openPage(shared, { address, expected: /ERR_/ })
  await drop(page, [path])
  await page.getByRole('button', { name: 'Upload 1 file' }).click()
  await page.getByText('stored', { exact: true }).waitFor()
  expect(ids).toHaveLength(2)
  expect(ids[1]).toBe(ids[0])
  const found = (await listed(shared.server)).filter(({ name }) => name === 'cut.csv')
  expect(found).toMatchObject([{ rows }])
})

test('an upload shows its progress, can be cancelled, and is sent again when asked', async () => {
  const path = join(testDirectory(), 'slow.csv')
  const rows = writeLargeCsv(path, 32, 'numbers')
  const ids: string[] = []
  const address = await proxyOf(
    id => (ids.push(id) === 1 ? 8e6 : Number.POSITIVE_INFINITY),
    () => {}, // The connection stands still.
  )
  const page = await openPage(shared, { address, expected: /ERR_/ })
  await drop(page, [path])
  await page.getByRole('button', { name: 'Upload 1 file' }).click()
  await page.getByText(/^\d\S* MB of 3\d\.\d MB/).waitFor()
  const sent = await page.getByRole('progressbar').evaluate(bar => (bar as HTMLProgressElement).position)
  expect(sent).toBeGreaterThan(0)
  expect(sent).toBeLessThan(1)
  await page.getByRole('button', { name: 'Cancel slow.csv' }).click()
  await page.getByText('cancelled', { exact: true }).waitFor()
  const named = async () => (await listed(shared.server)).filter(({ name }) => name === 'slow.csv')
  expect(await named()).toEqual([])
  await page.getByRole('button', { name: /^Try again/ }).click()
  await page.getByText('stored', { exact: true }).waitFor()
  expect(ids).toEqual([ids[0], ids[0]])
  expect(await named()).toMatchObject([{ rows }])
})
