// Fails system calls inside SQLite and around it. TABLE_TESTS=long or TABLE_FAULT_CYCLES makes the test
// longer.
import { spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { expect, test } from 'vitest'
import { form, repeat, stride } from '../../../testing/form.ts'
import { Crashes } from './crash/crashes.ts'
import { FaultyDisk, type FileKind, type Order } from './crash/faultyDisk.ts'
import { newDirectories, temporaryDirectory } from './support/server.ts'

const cycles = repeat('TABLE_FAULT_CYCLES')
/** In the long form each call fails once, up to the last call. */
const long = form === 'long' || process.env.TABLE_FAULT_CYCLES !== undefined

/**
 * What fails, and at which calls of a server in the short form. A test of a start comes after a test of uploads, which often leaves
 * something for the start to repair.
 */
const kinds: [
  call: string,
  file: FileKind,
  nths: number[],
  from: 'start' | 'uploads',
  done?: Order['done'],
][] = [
  ['fsync', 'log', [1, 2, 3, 4], 'uploads'],
  ['fsync', 'log', [1, 2], 'uploads', 'all'],
  ['pwrite64', 'log', [1, 2, 7, 8], 'uploads'],
  ['pwrite64', 'log', [2, 6], 'uploads', 'half'],
  ['pwrite64', 'database', [1], 'uploads', 'half'],
  ['ftruncate', 'index', [1], 'start'],
  ['ftruncate', 'database', [1], 'uploads'],
  ['pwrite64', 'index', [1], 'start'],
  ['fsync', 'incoming', [1], 'uploads'],
  ['pwrite64', 'database', [1], 'start'],
  ['pwrite64', 'database', [1, 2], 'uploads'],
  ['fsync', 'database', [1], 'start'],
  ['fsync', 'database', [1, 1], 'uploads'],
  ['pwrite64', 'log', [1, 3], 'start'],
  ['rename', 'stored', [1, 2], 'uploads'],
  ['fsync', 'log', [1, 2], 'start'],
  ['fsync', 'stored', [1, 2], 'uploads'],
  ['write', 'incoming', [1, 4], 'uploads'],
  ['openat', 'incoming', [1, 4], 'uploads'],
]

/** The data directory that the next test goes on with. */
let left: Crashes | undefined
/** Whether the last server of that directory was killed after uploads. */
let isUnrepaired = false
const directories = newDirectories()

/**
 * Returns a data directory for a test. Checking all bytes of a directory takes another server. The long form does that after each
 * test. In the other forms a test goes on with the directory of the test before unless that failed.
 */
function begin(): Crashes {
  const crashes = left ?? new Crashes(directories())
  if (!left) isUnrepaired = false
  left = undefined
  return crashes
}

async function finish(crashes: Crashes): Promise<void> {
  if (long) console.log(`${await crashes.end()} uploads`)
  else left = crashes
}

const promise = 'acknowledged uploads are there once, refused ones are not, the next start is not refused'

for (const [call, file, nths, from, done = 'nothing'] of kinds)
  test(`${call} of the ${file} fails, ${done} done, from the ${from} on: ${promise}`, async () => {
    const crashes = begin()
    let failed = 0
    // Leave something for the next start to repair.
    if (from === 'start' && !isUnrepaired)
      await crashes.fail(nothing, { from: 'uploads', end: 'kill', oneByOne: false })
    const { from: first, step } = stride(4)
    for (let i = long ? 0 : first % nths.length; long || i < nths.length; i += long ? 1 : step) {
      // In the long form each call fails once before a kill and once before a stop.
      const nth = long ? 1 + Math.floor(i / 2) : (nths[i] ?? 0)
      const order: Order = {
        calls: [call],
        file,
        error: i % 4 === 0 || i % 4 === 3 ? 'EIO' : 'ENOSPC',
        which: { nth },
        done,
      }
      const end = i % 2 ? 'stop' : 'kill'
      const failures = await crashes.fail(order, { from, end, oneByOne: true })
      isUnrepaired = from === 'uploads' && end === 'kill'
      failed += failures.length
      if (failures.length === 0) break
    }
    console.log(`${failed} calls failed`)
    await finish(crashes)
  })

test(`a disk that becomes full for good: ${promise}`, async () => {
  const crashes = begin()
  const calls = ['write', 'pwrite64', 'writev', 'pwritev', 'ftruncate', 'fallocate', 'openat']
  const nths = [1, 20, 60]
  const { from: first, step } = stride(nths.length, 1)
  for (const nth of nths.filter((_, i) => i % step === first)) {
    const order: Order = { calls, file: 'any', error: 'ENOSPC', which: { nth, lasting: true } }
    await crashes.fail(order, { from: 'uploads', end: nth === 20 ? 'stop' : 'kill', oneByOne: nth === 1 })
  }
  await finish(crashes)
})

test(`writes and syncs fail with 10 %, ${cycles} times: ${promise}`, async () => {
  const crashes = begin()
  let failures = 0
  for (let cycle = 0; cycle < cycles; cycle++) {
    const from = cycle % 4 === 1 ? 'start' : 'uploads'
    const how = { from, end: oneOf('kill', 'stop'), oneByOne: cycle % 2 === 0 } as const
    failures += (await crashes.fail(randomOrder(), how)).length
    // A start without faults is never refused.
    if (from === 'start') await crashes.fail(nothing, { from, end: 'kill', oneByOne: false })
  }
  const uploads = await crashes.end()
  console.log(`${uploads} uploads after ${cycles} cycles with ${failures} calls that failed`)
})

test('the faulty disk fails the calls that it is told to fail, after as much of each as it is told', () => {
  const directory = temporaryDirectory()
  const disk = new FaultyDisk(directory)
  const script = `
    const { openSync, readFileSync, writeSync } = require('node:fs')
    const file = openSync('files', 'w+')
    const outcomes = [0, 4, 8, 12].map(position => {
      try { return writeSync(file, 'abcd', position) } catch ({ code }) { return code }
    })
    console.log(outcomes.join(), readFileSync('files', 'latin1').replace(/\\0/g, '.'))`
  const run = (which: Order['which'], done: NonNullable<Order['done']>) => {
    disk.fail({ calls: ['pwrite64'], file: 'stored', error: 'ENOSPC', which, done })
    const [python = '', ...rest] = disk.command
    return spawnSync(python, [...rest, process.execPath, '-e', script], { cwd: directory, encoding: 'utf8' })
      .stdout
  }
  expect(run({ nth: 2 }, 'nothing')).toBe('4,ENOSPC,4,4 abcd....abcdabcd\n')
  expect(run({ nth: 4 }, 'half')).toBe('4,4,4,ENOSPC abcdabcdabcdab\n')
  expect(run({ nth: 3, lasting: true }, 'nothing')).toBe('4,4,ENOSPC,ENOSPC abcdabcd\n')
  expect(run({ chance: 1, seed: 1 }, 'all')).toBe('ENOSPC,ENOSPC,ENOSPC,ENOSPC abcdabcdabcdabcd\n')
  expect(run({ chance: 0, seed: 1 }, 'all')).toBe('4,4,4,4 abcdabcdabcdabcd\n')
  expect(disk.failures()).toHaveLength(1 + 1 + 2 + 4)
})

const nothing: Order = { calls: [], file: 'any', error: 'EIO', which: { nth: 1 } }

function randomOrder(): Order {
  const writes = ['write', 'pwrite64', 'writev', 'pwritev', 'ftruncate']
  const syncs = ['fsync', 'fdatasync']
  return {
    calls: oneOf(writes, syncs, [...writes, ...syncs]),
    file: oneOf('log', 'database', 'any'),
    error: oneOf('EIO', 'ENOSPC'),
    which: { chance: 0.1, seed: randomInt(2 ** 31) },
  }
}

function oneOf<T>(...values: T[]): T {
  return values[randomInt(values.length)] as T
}
