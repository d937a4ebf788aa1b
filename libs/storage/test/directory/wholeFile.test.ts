import { rmSync, writeFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { Checksum } from '../../src/checksum.ts'
import { openWholeFile } from '../../src/directory/wholeFile.ts'
import { storedFile } from '../../src/paths.ts'
import { emptyCatalogue, uploadOf } from '../support/directories.ts'

const csv = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i * 31))
const cuts = [70_000, 150_000]

function checksumOf(bytes: Uint8Array): Uint8Array {
  const checksum = new Checksum()
  checksum.update(bytes)
  return checksum.digest()
}

const checksums = {
  csv: Buffer.concat([0, ...cuts].map((from, i) => checksumOf(csv.subarray(from, cuts[i])))),
  parquet: checksumOf(csv),
}

function stored() {
  const dataDir = emptyCatalogue()
  const upload = uploadOf(7, { csvBytes: csv.length, parquetBytes: csv.length, csvCuts: cuts })
  for (const format of ['csv', 'parquet'] as const) writeFileSync(storedFile(dataDir, 7, format), csv)
  const opened = async (format: 'csv' | 'parquet' = 'csv') => {
    const file = await openWholeFile(dataDir, { upload, checksums }, format)
    onTestFinished(() => file.close())
    return file
  }
  return { path: storedFile(dataDir, 7, 'csv'), opened }
}

async function joinedParts(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = []
  for await (const part of parts) {
    expect(part.length).toBeGreaterThan(0)
    expect(part.length).toBeLessThanOrEqual(64 * 1024)
    copies.push(Buffer.from(part))
  }
  return Buffer.concat(copies)
}

test('the parts of a file are all its bytes, and a range is some of them', async () => {
  const { opened } = stored()
  for (const format of ['csv', 'parquet'] as const) {
    const file = await opened(format)
    expect(file.bytes).toBe(csv.length)
    expect((await joinedParts(file.parts())).equals(csv)).toBe(true)
    for (const [start, end] of [
      [0, csv.length],
      [1, 2],
      [10_000, 190_001],
      [5, 5],
    ] as const)
      expect((await joinedParts(file.range(start, end))).equals(csv.subarray(start, end))).toBe(true)
  }
})

test('the version tells files apart, and is short text', async () => {
  const { opened } = stored()
  const [one, other] = [(await opened('csv')).version, (await opened('parquet')).version]
  expect(one).toMatch(/^30d40-[0-9a-f]{32}$/)
  expect(one).toBe((await opened('csv')).version)
  expect(one).not.toBe(other)
})

test.each([0, 69_999, 70_000, 149_999, 150_000, 199_999])('another byte at %i is damage', async at => {
  const { path, opened } = stored()
  const changed = Buffer.from(csv)
  changed[at] = (changed[at] as number) ^ 1
  writeFileSync(path, changed)
  const file = await opened()
  await expect(joinedParts(file.parts())).rejects.toMatchObject({
    code: 'damaged',
    message: `upload 7: ${path} has other bytes than when it was stored`,
    forClients: 'upload 7, csv: the file has other bytes than when it was stored',
  })
})

test('a file that is too short or missing is damage', async () => {
  const { path, opened } = stored()
  writeFileSync(path, csv.subarray(0, 160_000))
  const file = await opened()
  for (const read of [file.parts(), file.range(0, csv.length)])
    await expect(joinedParts(read)).rejects.toMatchObject({
      code: 'damaged',
      message: `upload 7: ${path} has 160000 bytes, expected 200000`,
    })
  rmSync(path)
  await expect(opened()).rejects.toMatchObject({
    code: 'damaged',
    forClients: 'upload 7, csv: the file is missing',
  })
})
