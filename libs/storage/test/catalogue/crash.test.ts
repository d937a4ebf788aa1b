import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commitUpload } from '../../src/catalogue/commit.ts'
import { fileName, formats, storedFile } from '../../src/catalogue/names.ts'
import { incomingNames, opened, receive, storedNames, temporaryDirectory } from './support.ts'

const crashingProcess = new URL('./crashing-process.ts', import.meta.url).pathname
const csv = 'x,y\n1,a\n2,b\n'

test('killed before any of its operations, a process leaves exactly the uploads that it acknowledged', async () => {
  const root = temporaryDirectory()
  // The first run fills the cache that makes those quick that die before they could.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'compiled') }
  // Two levels that are not there yet: making them is among the operations.
  const dataDirOf = (fatal: number) => join(root, `${fatal}`, 'data')
  const run = (fatal: number) =>
    spawnSync(process.execPath, [crashingProcess, dataDirOf(fatal), `${fatal}`, csv], {
      encoding: 'utf8',
      env,
    })

  const survivor = run(-1)
  expect(acknowledgedBy(survivor)).toEqual([1, 2])

  let fatal = 0
  for (let crashed = run(fatal); crashed.signal === 'SIGKILL'; crashed = run(++fatal)) {
    const acknowledged = acknowledgedBy(crashed)
    const dataDir = dataDirOf(fatal)
    const store = opened(dataDir)
    const uploads = await store.catalogue.snapshot()
    expect(uploads.map(upload => upload.id)).toEqual(acknowledged)
    expect(storedNames(dataDir)).toEqual(
      acknowledged.flatMap(id => formats.map(format => fileName(id, format))),
    )
    expect(incomingNames(dataDir)).toEqual([])

    const next = commitUpload(dataDir, await receive(store, csv), '2026-01-02T03:04:05.678Z')
    for (const { id } of [...uploads, next])
      expect(readFileSync(storedFile(dataDir, id, 'csv'), 'utf8')).toBe(csv)
    store.close()
  }
  // Enough to have died in the start, in the first commit and in the second.
  expect(fatal).toBeGreaterThan(40)
}, 120_000)

function acknowledgedBy({ stdout, stderr }: SpawnSyncReturns<string>): number[] {
  expect(stderr).toBe('')
  return stdout.split('\n').filter(Boolean).map(Number)
}
