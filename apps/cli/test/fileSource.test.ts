import { execFileSync } from 'node:child_process'
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { withFileSource } from '../src/fileSource.ts'
import { temporaryDirectory } from './support/directory.ts'

let path: string
beforeEach(() => {
  path = join(temporaryDirectory(), 'a.csv')
})

/** Reads the file as an upload does. Calls `meanwhile` after the first chunk. */
function read(meanwhile: () => void = () => {}): Promise<Buffer> {
  return withFileSource(path, async ({ chunks }) => {
    const parts: Buffer[] = []
    for await (const chunk of chunks) {
      parts.push(Buffer.from(chunk))
      if (parts.length === 1) meanwhile()
    }
    return Buffer.concat(parts)
  })
}

test.each([0, 1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 1_000_000])(
  '%i bytes are read as they are',
  async size => {
    const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7) % 251))
    writeFileSync(path, bytes)
    expect((await read()).equals(bytes)).toBe(true)
  },
)

test.each([
  ['grows', () => appendFileSync(path, 'x'), 'was 1000000 bytes and is now 1000001'],
  ['shrinks', () => truncateSync(path, 999_999), 'was 1000000 bytes and is now 999999'],
  ['is emptied', () => truncateSync(path, 0), 'was 1000000 bytes and is now'],
])('a file that %s while it is read is an error', async (_how, change, found) => {
  writeFileSync(path, Buffer.alloc(1_000_000))
  await expect(read(change)).rejects.toThrow(`changed while it was read (${found}`)
})

test('the error says what it found in place of a file', async () => {
  await expect(read()).rejects.toThrow('no such file: check the path')
  execFileSync('mkfifo', [path])
  await expect(read()).rejects.toThrow(
    'is a pipe, expected a file: redirect standard input from it, and name - instead',
  )
  path = dirname(path)
  await expect(read()).rejects.toThrow('is a directory, expected a file')
})
