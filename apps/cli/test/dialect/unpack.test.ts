import { gzipSync, zstdCompressSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { joined, split } from '../../../../testing/chunks.ts'
import { packingOf, unpacked } from '../../src/dialect/unpack.ts'
import { CliError } from '../../src/errors.ts'
import type { UploadSource } from '../../src/streamedUpload.ts'

const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => `${i},${i * i}\n`).join(''))
const packers = [
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const

function unpack(packed: Buffer, chunks: UploadSource['chunks'] = quarters(packed)): Promise<Buffer> {
  const packing = packingOf(packed)
  if (!packing) throw new Error('not packed')
  return joined(unpacked({ size: packed.length, chunks }, packing))
}

function quarters(bytes: Buffer): Uint8Array[] {
  return split(bytes, Array(3).fill(Math.ceil(bytes.length / 4)))
}

test.each(packers)('%s is unpacked', async (_name, pack) => {
  expect((await unpack(pack(content))).equals(content)).toBe(true)
  expect(await unpack(pack(''))).toEqual(Buffer.alloc(0))
})

test('several files of gzip, one after the other, are one', async () => {
  const packed = Buffer.concat([gzipSync('x,y\n'), gzipSync(content)])
  expect((await unpack(packed)).toString()).toBe(`x,y\n${content}`)
})

test('nothing after the end of a packed file is left out in silence', async () => {
  const message = 'bytes more than one packed file: unpack it before the upload'
  const frame = zstdCompressSync(content)
  const small = zstdCompressSync('x,y\n')
  const both = Buffer.concat([small, frame])
  // Node goes on with a frame that begins with a chunk, and with no other.
  expect((await unpack(both, split(both, [small.length]))).length).toBe(4 + content.length)
  await expect(unpack(both).then(({ length }) => length)).rejects.toThrow(message)
  await expect(unpack(Buffer.concat([small, Buffer.from('x')]))).rejects.toThrow('has 1 bytes more')
  await expect(unpack(Buffer.concat([gzipSync('x'), Buffer.from('x')]))).rejects.toThrow()
})

test.each(packers)('what is damaged or cut off of %s is an error', async (_name, pack) => {
  const packed = pack(content)
  const message = /^cannot be unpacked \(.+\): it is damaged or not whole$/
  await expect(unpack(packed.subarray(0, -1))).rejects.toThrow(message)
  packed.fill(0, packed.length / 2)
  await expect(unpack(packed)).rejects.toThrow(message)
})

test('an error of the file is told as it is', async () => {
  const packed = gzipSync(content)
  async function* failing() {
    yield packed.subarray(0, 1000)
    throw new CliError('changed')
  }
  await expect(unpack(packed, failing())).rejects.toThrow(/^changed$/)
})

test('text is not packed', () => {
  expect(packingOf(Buffer.from('x,y\n'))).toBeUndefined()
  expect(packingOf(Buffer.alloc(0))).toBeUndefined()
})
