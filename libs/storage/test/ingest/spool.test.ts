import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type FileOperation, observeFileOperations } from '../../src/files.ts'
import { SPACE_CHECK_BYTES } from '../../src/freeSpace.ts'
import { Arrival } from '../../src/ingest/arrival.ts'
import { createSpool, type Spool } from '../../src/ingest/spool.ts'
import { defaultStorageLimits, setStorageLimits } from '../../src/limits.ts'
import { incomingDirectory, incomingFile } from '../../src/paths.ts'
import { temporaryDirectory } from '../support/directories.ts'

const batchBytes = 256 * 1024

async function spooling(): Promise<{ spool: Spool; path: string; writes: number[] }> {
  const dataDir = temporaryDirectory()
  await mkdir(incomingDirectory(dataDir))
  const writes: number[] = []
  observeFileOperations(({ kind, length }: FileOperation) => {
    if (kind === 'write') writes.push(length ?? 0)
  })
  return { spool: createSpool(dataDir, 1), path: incomingFile(dataDir, 1, 'csv'), writes }
}

/** Returns bytes in which every shift and every swap shows. */
function content(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0, x = 1; i < length; i++) {
    x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0
    bytes[i] = x >>> 16
  }
  return bytes
}

test('the file holds the bytes of all parts, whatever their sizes, though the caller reuses its memory', async () => {
  const { spool, path } = await spooling()
  const sizes = [
    0,
    1,
    7,
    batchBytes - 8,
    1,
    batchBytes,
    batchBytes + 1,
    16_384,
    3 * batchBytes + 5,
    0,
    333_333,
    2,
  ]
  const expected = content(sizes.reduce((sum, size) => sum + size))
  let at = 0
  for (const size of [...sizes]) {
    const part = Buffer.from(expected.subarray(at, at + size))
    await spool.write(part)
    part.fill(0)
    at += size
  }
  await spool.close()
  expect(spool.bytes).toBe(expected.length)
  expect(readFileSync(path).equals(expected)).toBe(true)
})

test('small parts are gathered into batches, large parts are written without copying', async () => {
  const { spool, writes } = await spooling()
  for (let n = 0; n < 40; n++) await spool.write(content(16_384))
  expect(writes).toEqual([batchBytes, batchBytes])
  await spool.write(content(5 * batchBytes))
  expect(writes).toEqual([batchBytes, batchBytes, batchBytes, 5 * batchBytes - 128 * 1024])
  await spool.write(content(3))
  await spool.close()
  expect(writes.slice(4)).toEqual([3])
})

test.each([0, 1, batchBytes - 1])('an upload of %i bytes is held and makes no file', async size => {
  const { spool, path, writes } = await spooling()
  const bytes = content(size)
  await spool.write(Buffer.from(bytes))
  await spool.close()
  expect(spool.held).toEqual(Uint8Array.from(bytes))
  expect(existsSync(path)).toBe(false)
  expect(writes).toEqual([])
})

test('an upload that fills a batch is in the file alone', async () => {
  const { spool, path } = await spooling()
  await spool.write(content(batchBytes))
  await spool.close()
  expect(spool.held).toBeUndefined()
  expect(readFileSync(path)).toHaveLength(batchBytes)
})

test('an arrival is told about bytes once they are in the file', async () => {
  const dataDir = temporaryDirectory()
  await mkdir(incomingDirectory(dataDir))
  const arrival = new Arrival()
  const spool = createSpool(dataDir, 1, arrival)
  await spool.write(content(batchBytes + 10))
  expect(arrival.bytes).toBe(batchBytes + 10)
  await spool.write(content(10))
  expect(arrival.waitFor(0).complete).toBe(false)
  await spool.close()
  expect(arrival.waitFor(Number.MAX_SAFE_INTEGER)).toEqual({ end: batchBytes + 20, complete: true })

  expect(arrival.waitForDisk()).toBe(true)

  const discarded = new Arrival()
  await createSpool(dataDir, 2, discarded).discard()
  expect(() => discarded.waitFor(0)).toThrow('abandoned')
})

test('a file is complete before it is on the disk, and never on the disk if the disk fails', async () => {
  const dataDir = temporaryDirectory()
  await mkdir(incomingDirectory(dataDir))
  const arrival = new Arrival()
  const onDisk = vi.spyOn(arrival, 'onDisk')
  const spool = createSpool(dataDir, 1, arrival)
  await spool.write(content(batchBytes))
  await spool.write(content(10))
  const seen: unknown[] = []
  observeFileOperations(({ kind }) => {
    seen.push(kind, arrival.waitFor(0).complete)
    if (kind === 'sync') throw new Error('the disk is gone')
  })
  await expect(spool.close()).rejects.toThrow('the disk is gone')
  observeFileOperations(undefined)
  expect(seen).toEqual(['write', false, 'sync', true])
  expect(onDisk).not.toHaveBeenCalled()
  await spool.discard()
  expect(arrival.waitForDisk()).toBe(false)
})

test('arriving bytes are synced MiB by MiB, and a failed sync is not retried', async () => {
  const { spool } = await spooling()
  const seen: string[] = []
  observeFileOperations(({ kind }) => {
    if (seen.push(kind) && kind === 'sync') throw new Error('the disk is gone')
  })
  for (let n = 0; n < 12; n++) await spool.write(content(batchBytes))
  await expect(spool.close()).rejects.toThrow('the disk is gone')
  observeFileOperations(undefined)
  expect(seen.filter(kind => kind !== 'space')).toEqual([
    'create',
    ...Array(4).fill('write'),
    'sync',
    ...Array(8).fill('write'),
  ])
  await spool.discard()
})

test('discarding removes the file, at any time and twice', async () => {
  const fresh = await spooling()
  await fresh.spool.discard()
  expect(existsSync(fresh.path)).toBe(false)
  await fresh.spool.discard()

  const closed = await spooling()
  await closed.spool.write(content(batchBytes))
  await closed.spool.close()
  await closed.spool.discard()
  expect(existsSync(closed.path)).toBe(false)
})

test('discarding while a write is under way stops it', async () => {
  const { spool, path, writes } = await spooling()
  const writing = spool.write(content(batchBytes))
  const more = spool.write(content(batchBytes - 1)).then(() => spool.close())
  await Promise.all([
    spool.discard(),
    spool.discard(),
    expect(more).rejects.toMatchObject({ code: 'cancelled' }),
  ])
  await writing
  expect(existsSync(path)).toBe(false)
  expect(writes).toEqual([batchBytes])
})

test('a write that fails tells the caller, who can still discard', async () => {
  const { spool, path } = await spooling()
  observeFileOperations(({ kind }) => {
    if (kind === 'write') throw new Error('the disk is gone')
  })
  await spool.write(content(10))
  await expect(spool.write(content(batchBytes))).rejects.toThrow('the disk is gone')
  await spool.discard()
  expect(existsSync(path)).toBe(false)
})

test('a disk with less free space than must stay free takes nothing, even in the middle of an upload', async () => {
  onTestFinished(() => setStorageLimits(defaultStorageLimits))
  const first = await spooling()
  await first.spool.write(content(batchBytes))
  const second = await spooling()
  setStorageLimits({ ...defaultStorageLimits, keptFreeBytes: Number.MAX_SAFE_INTEGER })
  const refusal = expect.objectContaining({
    code: 'disk-full',
    message: expect.stringMatching(/has \d+ bytes free, 9007199254740991 are kept back/),
  })
  await first.spool.write(content(SPACE_CHECK_BYTES - 1))
  for (const { spool, path } of [first, second]) {
    await expect(spool.write(content(batchBytes))).rejects.toThrow(refusal)
    await spool.discard()
    expect(existsSync(path)).toBe(false)
  }
})
