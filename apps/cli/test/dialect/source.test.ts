import { createHash } from 'node:crypto'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Dialect } from '@table/dialect'
import { beforeEach, expect, test } from 'vitest'
import { joined } from '../../../../testing/chunks.ts'
import { adviceFor, csvUpload } from '../../src/dialect/source.ts'
import { withFileSource } from '../../src/fileSource.ts'
import type { OpenSource } from '../../src/uploader.ts'
import { temporaryDirectory } from '../support/directory.ts'

const semicolons: Dialect = {
  delimiter: ';',
  encoding: 'utf-8',
  nulls: [],
  decimalComma: false,
  crEnds: false,
}
const lines = Array.from({ length: 60_000 }, (_, i) => `${i};${i % 7}\n`).join('')
const commas = lines.replaceAll(';', ',')

let path: string
beforeEach(() => {
  path = join(temporaryDirectory(), 'a.csv')
})

const file: OpenSource = use => withFileSource(path, use)

async function upload(dialect: Dialect | undefined): Promise<OpenSource> {
  return (await csvUpload(file, dialect)).open
}

/** What goes up, whose length is told before it. */
function read(open: OpenSource): Promise<string> {
  return open(async ({ size, chunks }) => {
    const bytes = await joined(chunks as AsyncIterable<Uint8Array>)
    expect(bytes.length).toBe(size)
    return bytes.toString()
  })
}

test('a translated upload is the same each time that it is tried', async () => {
  writeFileSync(path, `x;y\n${lines}`)
  const open = await upload(semicolons)
  for (let attempt = 0; attempt < 2; attempt++) expect((await read(open)) === `x,y\n${commas}`).toBe(true)
})

test('a packed file is unpacked, and translated if it has a dialect', async () => {
  writeFileSync(path, gzipSync(`x;y\n${lines}`))
  expect((await read(await upload(undefined))) === `x;y\n${lines}`).toBe(true)
  expect((await read(await upload(semicolons))) === `x,y\n${commas}`).toBe(true)
})

test('any other file goes up as it is', async () => {
  writeFileSync(path, `x;y\n${lines}`)
  expect((await read(await upload(undefined))) === `x;y\n${lines}`).toBe(true)
  writeFileSync(path, '')
  expect(await read(await upload(undefined))).toBe('')
  expect(await read(await upload(semicolons))).toBe('')
})

test.each([
  ['has grown', () => appendFileSync(path, '1;2\n')],
  ['has shrunk', () => writeFileSync(path, 'x;y\n')],
  ['says something else in as many bytes', () => writeFileSync(path, `x;z\n${lines}`)],
])('a file that %s since it was measured does not go up', async (_what, change) => {
  writeFileSync(path, `x;y\n${lines}`)
  const open = await upload(semicolons)
  change()
  await expect(read(open)).rejects.toThrow('changed while it was read')
})

test('a file that was empty and is not any more does not go up', async () => {
  writeFileSync(path, '')
  const open = await upload(semicolons)
  writeFileSync(path, 'x;y\n')
  await expect(read(open)).rejects.toThrow('changed while it was read')
})

test('advice names an option once', async () => {
  writeFileSync(path, gzipSync(Buffer.from('x;y\n1;é\n', 'latin1')))
  expect(await adviceFor(file, 'line 2: not UTF-8')).toBe(' (try --encoding windows-1252)')
  expect(await adviceFor(file, 'line 2: not UTF-8: use --encoding')).toBe('')
  writeFileSync(path, 'x\n"')
  expect(await adviceFor(file, 'line 2: found a quote')).toBe('')
})

test('the SHA-256 is that of what goes up', async () => {
  writeFileSync(path, gzipSync('x;y\n1;2\n'))
  const sha256 = (text: string) => createHash('sha256').update(text).digest()
  expect((await csvUpload(file, semicolons, true)).sha256).toEqual(sha256('x,y\n1,2\n'))
  expect((await csvUpload(file, undefined, true)).sha256).toEqual(sha256('x;y\n1;2\n'))
  writeFileSync(path, 'plain')
  const { open, sha256: plain } = await csvUpload(file, undefined, true)
  expect(plain).toEqual(sha256('plain'))
  writeFileSync(path, 'other')
  await expect(read(open)).rejects.toThrow('changed while it was read')
})
