import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { closeDatabase, observeFileOperations } from '@table/storage'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { listUnsynced } from '../../../libs/storage/src/catalogue/database.ts'
import { log } from '../src/observe/log.ts'
import { spawnServer } from './support/process.ts'
import { rowsOf } from './support/query.ts'
import {
  columnSum,
  connectClient,
  eventually,
  failureOf,
  incoming,
  largeCsv,
  serve,
  stored,
  temporaryDirectory,
  upload,
  uploaded,
} from './support/server.ts'

const mayMount = spawnSync('mount', ['--version']).status === 0 && process.getuid?.() === 0

/** Mounts a small disk for a server. */
function smallDisk(mebibytes: number): string {
  const path = temporaryDirectory()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path])
  onTestFinished(() => void execFileSync('umount', ['--lazy', path]))
  return path
}

describe.skipIf(!mayMount)('a full disk refuses uploads and keeps nothing of them:', () => {
  const doubles = (count: number) =>
    `x,d\n${Array.from({ length: count }, (_, i) => `1,${Math.sin(i)}\n`).join('')}`
  test.each([
    ['one that is larger than the disk', 8, `x\n${'1\n'.repeat(6_000_000)}`],
    ['one whose Parquet file does not fit', 8, doubles(300_000)],
  ])('%s', async (_what, size, csv) => {
    const { client, dataDir } = await serve({
      workers: 2,
      dataDir: smallDisk(size),
      limits: { keptFreeBytes: 0 },
    })
    expect(await upload(client, 'x\n1\n')).toBe('')
    expect(await failureOf(upload(client, csv))).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: "no space left on the server's disk",
    })
    await eventually(() => expect(incoming(dataDir)).toEqual([]))
    expect(stored(dataDir)).toHaveLength(2)
    expect(await upload(client, 'x\n2\n')).toBe('')
    expect(await columnSum(client, 'x')).toBe(3n)
  })

  test('any upload is refused until there is space', async () => {
    const { client, dataDir } = await serve({
      workers: 2,
      dataDir: smallDisk(8),
      limits: { keptFreeBytes: 0 },
    })
    expect(await upload(client, 'x\n1\n')).toBe('')
    const filler = join(dataDir, 'filler')
    const { bavail, bsize } = statfsSync(dataDir)
    writeFileSync(filler, Buffer.alloc(bavail * bsize))
    for (const csv of ['x\n2\n', largeCsv(2)])
      expect(await failureOf(upload(client, csv))).toMatchObject({ code: status.RESOURCE_EXHAUSTED })
    expect(await columnSum(client, 'x', 'parquet')).toBe(1n)
    rmSync(filler)
    expect(incoming(dataDir)).toEqual([])
    expect(stored(dataDir)).toHaveLength(2)
    expect(await upload(client, largeCsv(2))).toBe('')
    expect(await columnSum(client, 'x', 'parquet')).toBe(3n)
  })

  test('a start after a kill needs no disk space', async () => {
    const dataDir = smallDisk(40)
    const env = { TABLE_KEEP_FREE: '0' }
    const first = spawnServer({ workers: 2, dataDir, env })
    const client = connectClient((await first.ready).port)
    for (const csv of ['x\n1\n', 'x\n2\n', largeCsv(4)]) expect(await upload(client, csv)).toBe('')
    first.child.kill('SIGKILL')
    await first.exited
    const filler = join(dataDir, 'filler')
    const { bavail, bsize } = statfsSync(dataDir)
    writeFileSync(filler, Buffer.alloc(bavail * bsize))
    const second = spawnServer({ workers: 2, dataDir, env })
    const again = connectClient((await second.ready).port)
    expect(await columnSum(again, 'x', 'csv')).toBe(7n)
    expect(await columnSum(again, 'x', 'parquet')).toBe(7n)
    rmSync(filler)
    expect(await upload(again, 'x\n8\n')).toBe('')
    expect(await columnSum(again, 'x')).toBe(15n)
  })

  test('the space that must stay free stays free, so that the catalogue has room', async () => {
    const keptFreeBytes = 20 * 2 ** 20
    const { client, dataDir } = await serve({ workers: 2, dataDir: smallDisk(40), limits: { keptFreeBytes } })
    const answers = await Promise.allSettled(
      Array.from({ length: 6 }, () => upload(client, `x\n${'1\n'.repeat(4_000_000)}`)),
    )
    const refused = answers.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    for (const { reason } of refused as PromiseRejectedResult[])
      expect(reason).toMatchObject({
        code: status.RESOURCE_EXHAUSTED,
        details: expect.stringMatching(/has \d+ bytes free, 20971520 are kept back/),
      })
    await eventually(() => expect(incoming(dataDir)).toEqual([]))
    expect(await columnSum(client, 'x')).toBe(BigInt(4_000_000 * (6 - refused.length)))
  })
})

test('a failed sync of small uploads is not retried, because a retry would succeed although data is lost', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const errors = vi.spyOn(log, 'error').mockImplementation(() => {})
  onTestFinished(() => errors.mockRestore())
  const { client, dataDir } = await serve({ workers: 1 })
  onTestFinished(() => closeDatabase(dataDir))
  /** The only worker has finished its earlier tasks once the sum is answered. */
  const quiet = async () => {
    vi.advanceTimersByTime(60_000)
    await columnSum(client, 'x', 'parquet')
  }
  expect(await upload(client, 'x\n1\n')).toBe('')
  await quiet()
  expect(listUnsynced(dataDir)).toEqual([])

  expect(await upload(client, 'x\n2\n')).toBe('')
  const [path, aside] = [join(dataDir, 'files/00000002.csv'), join(temporaryDirectory(), 'aside')]
  renameSync(path, aside)
  await quiet()
  expect(errors).toHaveBeenCalledTimes(1)
  renameSync(aside, path)
  expect(await upload(client, 'x\n3\n')).toBe('')
  await quiet()
  // Later uploads are synced at once.
  expect(listUnsynced(dataDir)).toEqual([2])
})

test.each(['create', 'write', 'open', 'read', 'rename', 'sync', 'insert', 'space'])(
  'when a %s fails, the operator sees the path and the client does not',
  async moment => {
    const fuse = join(temporaryDirectory(), 'fuse')
    const server = spawnServer({ workers: 2, hook: 'fail.ts', env: { MOMENT: moment, FUSE: fuse } })
    const client = connectClient((await server.ready).port)
    expect(await upload(client, 'x\n1\n')).toBe('')
    for (const code of ['EIO', 'ENOSPC', 'EMFILE', 'ENOMEM', 'ELOOP']) {
      writeFileSync(fuse, code)
      const calls = [
        upload(client, 'x\n2\n'),
        upload(client, largeCsv(2)),
        columnSum(client, 'x'),
        columnSum(client, 'x', 'parquet'),
      ]
      const seen = (await Promise.allSettled(calls)).map(outcome =>
        outcome.status === 'fulfilled' ? '' : `${outcome.reason}`,
      )
      expect(seen.join()).not.toBe(',,,')
      expect(seen.join('\n')).not.toMatch(/\/|\.csv|\.parquet/)
      if (code === 'EMFILE' || code === 'ENOMEM') expect(seen.join()).not.toContain('DATA_LOSS')
    }
    server.child.kill()
    expect((await server.exited).stderr).toContain(server.dataDir)
  },
)

test('an upload is acknowledged even if the field that makes it clash with others cannot be read', async () => {
  const fuse = join(temporaryDirectory(), 'fuse')
  const server = spawnServer({ hook: 'fail.ts', env: { MOMENT: 'open files/00000002.csv', FUSE: fuse } })
  const client = connectClient((await server.ready).port)
  expect(await uploaded(client, 'x\n1\n')).toMatchObject({ error: '', warnings: [] })
  writeFileSync(fuse, '')
  expect(await uploaded(client, 'x\na\n')).toMatchObject({ error: '', warnings: [] })
  rmSync(fuse)
  expect(await uploaded(client, 'x\nb\n')).toMatchObject({
    error: '',
    warnings: [expect.stringContaining('"b"')],
  })
  server.child.kill()
  expect((await server.exited).stderr).toContain('EIO: i/o error')
})

test('files of a query that cannot be removed are reported, and removed by the next start', async () => {
  const fuse = join(temporaryDirectory(), 'fuse')
  const env = { MOMENT: 'remove', FUSE: fuse }
  const server = spawnServer({ hook: 'fail.ts', env })
  const client = connectClient((await server.ready).port)
  expect(await upload(client, 'x\n1\n')).toBe('')
  expect(await rowsOf(client, 'SELECT x FROM data')).toEqual([[1n]])
  writeFileSync(fuse, '')
  expect(await upload(client, 'x\n2\n')).toBe('')
  expect(await rowsOf(client, 'SELECT sum(x)::BIGINT FROM data')).toEqual([[3n]])
  server.child.kill()
  const { code, stderr } = await server.exited
  expect(code).toBe(0)
  expect(stderr).toContain('EIO: i/o error')
  expect(readdirSync(join(server.dataDir, 'query'))).not.toEqual([])
  await spawnServer({ dataDir: server.dataDir }).ready
  expect(readdirSync(server.dataDir)).not.toContain('query')
})

test('a server with too many open files refuses, loses nothing and goes on', async () => {
  const { ready, dataDir } = spawnServer({ under: ['prlimit', '--nofile=100'], workers: 2 })
  const { port } = await ready
  const client = connectClient(port)
  const uploads = Array.from({ length: 50 }, () => upload(client, 'x\n1\n'))
  expect(await Promise.all(uploads)).toEqual(uploads.map(() => ''))
  // Each socket takes a descriptor. The sockets that find none left are closed.
  const sockets = Array.from({ length: 100 }, () => connect(port, '127.0.0.1'))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (const socket of sockets) socket.on('error', () => {}).resume()
  await eventually(() => expect(sockets.some(socket => socket.closed)).toBe(true))

  for (const format of ['csv', 'parquet']) {
    const failure = await failureOf(columnSum(client, 'x', format))
    expect(failure).toMatchObject({
      code: status.UNAVAILABLE,
      details: 'the server has too many open files: try again later',
    })
  }
  for (const csv of ['x\n2\n', largeCsv(2)])
    expect(await failureOf(upload(client, csv))).toMatchObject({ code: status.UNAVAILABLE })
  for (const socket of sockets) socket.destroy()
  await eventually(async () => expect(await columnSum(client, 'x')).toBe(50n))
  expect(incoming(dataDir)).toEqual([])
  expect(stored(dataDir)).toHaveLength(100)
})

const broken = { code: status.INTERNAL, details: 'internal error' }

test.each(['create', 'write', 'read', 'rename', 'sync', 'insert', 'space'])(
  'when a %s of a worker fails, the upload fails and nothing of it is left',
  async moment => {
    const fuse = join(temporaryDirectory(), 'fuse')
    const server = spawnServer({ workers: 2, hook: 'fail.ts', env: { MOMENT: moment, FUSE: fuse } })
    const client = connectClient((await server.ready).port)
    expect(await upload(client, 'x\n1\n')).toBe('')
    // After this sum the server knows where the column is, and does not read the catalogue for it again.
    expect(await columnSum(client, 'x')).toBe(1n)
    writeFileSync(fuse, '')
    expect(await failureOf(upload(client, largeCsv(2)))).toMatchObject(broken)
    expect(incoming(server.dataDir)).toEqual([])
    expect(stored(server.dataDir)).toHaveLength(2)
    if (moment === 'read')
      expect(await failureOf(columnSum(client, 'x'))).toMatchObject({ code: status.DATA_LOSS })
    rmSync(fuse)
    expect(await upload(client, largeCsv(4))).toBe('')
    expect(await columnSum(client, 'x')).toBe(5n)
    server.child.kill()
    expect((await server.exited).stderr).toContain('EIO: i/o error')
  },
)

test.each(['create', 'write', 'sync', 'space'])(
  'a disk that fails at a %s while an upload is received',
  async moment => {
    const { client, dataDir } = await serve({ workers: 2 })
    /** Large enough to be converted while it arrives. */
    const csv = `x\n${'1\n'.repeat(400_000)}`
    const errors = vi.spyOn(log, 'error').mockImplementation(() => {})
    onTestFinished(() => errors.mockRestore())
    observeFileOperations(({ kind }) => {
      if (kind === moment) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
    })
    expect(await failureOf(upload(client, csv))).toMatchObject(broken)
    observeFileOperations(undefined)
    expect(errors).toHaveBeenCalled()
    expect(incoming(dataDir)).toEqual([])
    expect(await upload(client, csv)).toBe('')
    expect(stored(dataDir)).toHaveLength(2)
  },
)
