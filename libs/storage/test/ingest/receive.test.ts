import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Arrival } from '../../src/ingest/arrival.ts'
import { receive } from '../../src/ingest/receive.ts'
import { incomingDirectory, incomingFile } from '../../src/paths.ts'
import { temporaryDirectory } from '../support/directories.ts'

const LARGE = 512 * 1024
const startOver = Symbol('start over')

function place() {
  const directory = temporaryDirectory()
  mkdirSync(incomingDirectory(directory))
  return { place: { directory, id: 7 }, path: incomingFile(directory, 7, 'csv') }
}

async function* partsOf(...parts: (string | symbol)[]) {
  for (const part of parts) yield typeof part === 'symbol' ? part : Buffer.from(part)
}

test('a small upload is held, and nothing works on it meanwhile', async () => {
  const { place: to, path } = place()
  const { held, attempt } = await receive(partsOf('x\n', '1\n'), to, () => expect.unreachable())
  expect(Buffer.from(held ?? []).toString()).toBe('x\n1\n')
  expect(await attempt).toBeUndefined()
  expect(existsSync(path)).toBe(false)
})

test('a large upload is worked on while it arrives', async () => {
  const { place: to, path } = place()
  const seen: number[] = []
  const meanwhile = async (arrival: Arrival) => {
    seen.push(arrival.bytes)
    return 'worked'
  }
  const quarter = 'x'.repeat(LARGE / 2)
  const { held, attempt } = await receive(partsOf(quarter, quarter, quarter), to, meanwhile)
  expect(held).toBeUndefined()
  expect(await attempt).toBe('worked')
  expect(seen).toHaveLength(1)
  expect(seen[0]).toBeGreaterThanOrEqual(LARGE)
  expect(readFileSync(path).length).toBe(1.5 * LARGE)
})

test('an upload that ends before it is large is not worked on', async () => {
  const { place: to } = place()
  const { held, attempt } = await receive(partsOf('x'.repeat(LARGE - 1)), to, () => expect.unreachable())
  expect(held).toBeUndefined()
  expect(await attempt).toBeUndefined()
})

test('what comes after a new start counts, for the file and for the work', async () => {
  const { place: to, path } = place()
  const works: Arrival[] = []
  const meanwhile = async (arrival: Arrival) => {
    works.push(arrival)
    return works.length
  }
  const large = 'x'.repeat(LARGE)
  const { attempt } = await receive(partsOf(startOver, large, startOver, `${large}y`), to, meanwhile)
  expect(await attempt).toBe(works.length)
  expect(works.at(-1)?.bytes).toBe(LARGE + 1)
  expect(readFileSync(path, 'utf8')).toBe(`${large}y`)
  const small = place()
  const { held } = await receive(partsOf(large, startOver, 'x\n'), small.place, async () => 1)
  expect(Buffer.from(held ?? []).toString()).toBe('x\n')
  expect(existsSync(small.path)).toBe(false)
})

test('an upload that breaks off leaves no file, and work that fails is told to whoever awaits it', async () => {
  const { place: to, path } = place()
  async function* broken() {
    yield Buffer.alloc(LARGE)
    throw new Error('the client is gone')
  }
  await expect(receive(broken(), to, async () => 1)).rejects.toThrow('the client is gone')
  expect(existsSync(path)).toBe(false)
  const failing = () => Promise.reject(new Error('so it is'))
  const { attempt } = await receive(partsOf('x'.repeat(LARGE)), to, failing)
  await expect(attempt).rejects.toThrow('so it is')
})
