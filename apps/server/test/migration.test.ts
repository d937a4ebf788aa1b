// The first start on a directory of an earlier version, on a disk that fails. libs/storage has the kills of
// such a start.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { openStore } from '@table/storage'
import { expect, test } from 'vitest'
import { unpackFixture } from '../../../libs/storage/test/support/fixture.ts'
import { expectFacts } from '../../../libs/storage/test/support/fixtureFacts.ts'
import { stride } from '../../../testing/form.ts'
import { FaultyDisk } from './crash/faultyDisk.ts'

const start = join(import.meta.dirname, '../../../libs/storage/test/directory/killed-start.ts')

test.each([
  ['fsync', [1, 3, 6], 'schema2-killed'],
  ['pwrite64', [1, 40, 200], 'schema2-killed'],
  ['write', [1, 300], 'schema2-killed'],
  ['rename', [1, 2, 300], 'schema2-killed'],
  ['ftruncate', [1], 'schema2-killed'],
  ['fsync', [1, 3, 6], 'schema3-killed'],
  ['pwrite64', [1, 20, 60], 'schema3-killed'],
] as const)(
  'a first start whose %s fails (call %j) leaves the directory of %s to a next start that migrates it',
  async (call, nths, fixture) => {
    const failuresOf = async (nth: number) => {
      const dataDir = unpackFixture(fixture)
      const disk = new FaultyDisk(dataDir)
      disk.fail({ calls: [call], file: 'any', error: nth % 2 ? 'EIO' : 'ENOSPC', which: { nth } })
      const [python = '', ...rest] = disk.command
      spawnSync(python, [...rest, process.execPath, start, dataDir, '-1'])
      const store = openStore(dataDir, () => {})
      await expectFacts(store, ['big', 'sparse'])
      store.close()
      return disk.failures().length
    }
    const { from, step } = stride(nths.length)
    let failed = 0
    for (let i = from; i < nths.length; i += step) failed += await failuresOf(nths[i] ?? 0)
    // A start may end before its last calls, but it has a first call.
    if (failed === 0) failed = await failuresOf(1)
    expect(failed).toBeGreaterThan(0)
  },
)
