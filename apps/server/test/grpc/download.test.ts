import { readdirSync, readFileSync, readlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { Metadata, type StatusObject, status } from '@grpc/grpc-js'
import { DownloadReq, type TableClient } from '@table/proto'
import { observeFileOperations } from '@table/storage'
import { expect, onTestFinished, test } from 'vitest'
import { storedFile } from '../../../../libs/storage/src/paths.ts'
import { called, columnSum, eventually, frame, rawSession, serve, stored, upload } from '../support/server.ts'

interface Downloaded {
  data: Buffer
  error: string
  status: StatusObject
}

/** Makes a download. `pause`: called with the first part, before the next one is taken. */
function download(
  client: TableClient,
  id: bigint,
  format: string,
  pause: () => Promise<unknown> = async () => {},
): Promise<Downloaded> {
  const call = client.download({ id, format }, new Metadata())
  const parts: Buffer[] = []
  let error = ''
  call.once('data', () => {
    call.pause()
    void pause().then(() => call.resume())
  })
  call.on('data', part => {
    parts.push(part.data)
    error += part.error
  })
  call.on('error', () => {})
  return new Promise(resolve =>
    call.on('status', status => resolve({ data: Buffer.concat(parts), error, status })),
  )
}

/** Large enough for three sections with checksums of their own. */
const large = `x,t\r\n${Array.from({ length: 400_000 }, (_, i) => `${i},"some, text"`).join('\r\n')}`

test.each([
  ['small', 'x,t\n1,"a ""b"""\n\n2,'],
  ['large', large],
])('a %s upload comes back byte for byte, in both formats', async (_, csv) => {
  const { client, dataDir } = await serve()
  expect(await upload(client, csv)).toBe('')
  for (const format of ['csv', 'parquet'] as const) {
    const { data, error, status } = await download(client, 1n, format)
    expect({ error, code: status.code }).toEqual({ error: '', code: 0 })
    const expected = format === 'csv' ? Buffer.from(csv) : readFileSync(storedFile(dataDir, 1, 'parquet'))
    expect(data.equals(expected)).toBe(true)
    expect(status.metadata.get('crc32')).toEqual([crc32(data).toString(16).padStart(8, '0')])
  }
})

test('what is wrong with a download is told in its one part', async () => {
  const { client } = await serve()
  await upload(client, 'x\n1\n')
  const missing = await download(client, 2n, 'csv')
  expect(missing.error).toMatch(/^there is no upload 2: /)
  expect(missing.data).toHaveLength(0)
  expect(missing.status.code).toBe(0)
  expect(missing.status.metadata.get('crc32')).toEqual([])
  expect((await download(client, 1n, 'xls')).error).toBe(
    'found the format "xls", expected "csv" or "parquet"',
  )
})

test('an upload that is deleted while it is downloaded comes back whole', async () => {
  const { client, dataDir } = await serve()
  await upload(client, large)
  const { data, status } = await download(client, 1n, 'csv', async () => {
    await called(client, client.deleteUpload, { id: 1n })
    await eventually(() => expect(stored(dataDir)).toEqual([]))
  })
  expect(status.code).toBe(0)
  expect(data.toString() === large).toBe(true)
})

test.each([
  ['has become shorter', (path: string) => truncateSync(path, 5_000_000), 'has 5000000 bytes, expected'],
  [
    'has other bytes',
    (path: string) => writeFileSync(path, 'y', { flag: 'r+' }),
    'has other bytes than when it was stored',
  ],
])('a file that %s ends the download with DATA_LOSS', async (_, spoil, problem) => {
  const { client, dataDir } = await serve()
  await upload(client, large)
  spoil(storedFile(dataDir, 1, 'csv'))
  const found = await download(client, 1n, 'csv')
  expect(found.status.code).toBe(status.DATA_LOSS)
  expect(found.status.details).toContain(`upload 1, csv: the file ${problem}`)
  expect(found.status.metadata.get('crc32')).toEqual([])
})

test('a client that takes nothing has little read for it, and loses its connection after the idle time', async () => {
  const { client, port } = await serve({ limits: { idleTime: 2 } })
  await upload(client, large)
  let reads = 0
  observeFileOperations(({ kind }) => {
    if (kind === 'read') reads++
  })
  onTestFinished(() => observeFileOperations(undefined))
  const session = rawSession(port)
  session.on('error', () => {})
  const closed = new Promise(resolve => session.once('close', resolve))
  const stream = session.request({
    ':method': 'POST',
    ':path': '/Table/Download',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  stream.on('error', () => {})
  stream.end(frame(DownloadReq.encode({ id: 1n, format: 'csv' }).finish()))
  await new Promise(resolve => stream.once('response', resolve))
  expect(await columnSum(client, 'x')).toBeGreaterThan(0n)
  await closed
  expect(reads).toBeGreaterThan(0)
  expect(reads).toBeLessThan(10)
})

test('a client that goes away ends its download', async () => {
  const { client, dataDir } = await serve()
  await upload(client, large)
  const call = client.download({ id: 1n, format: 'csv' }, new Metadata())
  call.on('error', () => {})
  await new Promise(resolve => call.once('data', resolve))
  call.cancel()
  const open = () =>
    readdirSync('/proc/self/fd').some(fd => {
      try {
        return readlinkSync(join('/proc/self/fd', fd)) === storedFile(dataDir, 1, 'csv')
      } catch {
        return false
      }
    })
  await eventually(() => expect(open()).toBe(false))
})

test('a download leaves no file open, also if its client goes away', async () => {
  const { client, dataDir } = await serve()
  expect(await upload(client, `x\n${'1\n'.repeat(500_000)}`)).toBe('')
  const open = () =>
    readdirSync('/proc/self/fd').filter(fd => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(join(dataDir, 'files'))
      } catch {
        return false // the descriptor of this look itself
      }
    })
  expect((await download(client, 1n, 'csv')).status.code).toBe(status.OK)
  await eventually(() => expect(open()).toEqual([]))
  const call = client.download({ id: 1n, format: 'csv' }, new Metadata())
  call.on('error', () => {})
  await new Promise<void>(resolve => call.once('data', () => resolve()))
  expect(open()).toHaveLength(1)
  call.cancel()
  await eventually(() => expect(open()).toEqual([]))
})
