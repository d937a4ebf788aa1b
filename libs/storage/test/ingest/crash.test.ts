import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stride } from '../../../../testing/form.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import { fileName, formats, storedFile } from '../../src/paths.ts'
import {
  incomingNames,
  listedIds,
  opened,
  receive,
  storedNames,
  temporaryDirectory,
} from '../support/directories.ts'
import { crashCsv } from './crash-csv.ts'

const crashingProcess = new URL('./crashing-process.ts', import.meta.url).pathname
// The second upload is too large for a row and for memory.
const rows = [2, 75_000, 2]

test('killed before any of its operations, a process leaves exactly the uploads that it acknowledged', async () => {
  const root = temporaryDirectory()
  // Two directories that do not exist yet, so that creating them is among the operations.
  const dataDirOf = (fatal: number) => join(root, `${fatal}`, 'data')
  const run = (fatal: number) =>
    spawnSync(process.execPath, [crashingProcess, dataDirOf(fatal), `${fatal}`, ...rows.map(String)], {
      encoding: 'utf8',
    })

  const survivor = run(-1)
  expect(acknowledgedBy(survivor)).toEqual([1, 2, 3])

  const { from, step } = stride(8, 2)
  let fatal = from
  for (let crashed = run(fatal); crashed.signal === 'SIGKILL'; crashed = run(fatal)) {
    const acknowledged = acknowledgedBy(crashed)
    const dataDir = dataDirOf(fatal)
    // An upload that was killed right before its row may be in `lost/`.
    const store = opened(dataDir, () => {})
    const stored = await listedIds(store)
    // The last upload may have been killed between its row and its acknowledgement.
    expect([acknowledged, [...acknowledged, acknowledged.length + 1]]).toContainEqual(stored)
    expect(storedNames(dataDir)).toEqual(stored.flatMap(id => formats.map(format => fileName(id, format))))
    expect(incomingNames(dataDir)).toEqual([])

    const next = commitUpload(dataDir, await receive(store, crashCsv(1)), '2026-01-02T03:04:05.678Z')
    const expected = [...rows.slice(0, stored.length), 1].map(crashCsv)
    const ids = [...stored, next.id]
    expect(ids.map(id => readFileSync(storedFile(dataDir, id, 'csv'), 'utf8'))).toEqual(expected)
    store.close()
    fatal += step
  }
  // Enough to have died in the start and in every commit.
  expect(fatal).toBeGreaterThan(40)
})

function acknowledgedBy({ stdout, stderr }: SpawnSyncReturns<string>): number[] {
  expect(stderr).toBe('')
  return stdout.split('\n').filter(Boolean).map(Number)
}
