import { randomBytes } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { incomingDirectory, observeFileOperations, setLog } from '@table/storage'
import { expect, onTestFinished, test } from 'vitest'
import { ClusterTable } from '../../src/clusterTable.ts'
import type { OpenCluster } from '../../src/openCluster.ts'
import type { Tasks } from '../../src/tasks.ts'
import { never, opened, uploaded } from '../support/table.ts'

/** A table whose workers die while they do a task with a CSV from memory, whose file is there then. */
function tableDyingAt(cluster: OpenCluster, task: 'hasSameBytes' | 'misfitAt'): ClusterTable {
  const { count, run } = cluster.workers
  const runOrDie: typeof run = (name, value) => {
    if (name !== task) return run(name, value)
    const { path, held } = value as Tasks[typeof task]['task']
    if (held) writeFileSync(path, held)
    return Promise.reject(new Error('the worker died'))
  }
  return new ClusterTable({ ...cluster, workers: { count, run: runOrDie } })
}

/** Returns what is written to the log until the test ends. */
function logged(): string[] {
  const lines: string[] = []
  const note = (said: unknown) => void lines.push(String(said))
  setLog({ info: note, warn: note, error: note })
  onTestFinished(() => setLog({ info: console.error, warn: console.error, error: console.error }))
  return lines
}

const incoming = ({ spool }: OpenCluster) => readdirSync(incomingDirectory(spool.path))

test('a worker that dies while it compares a repeated upload leaves no file of it', async () => {
  const { table, cluster } = await opened()
  const options = { uploadId: randomBytes(16) }
  await uploaded(table, 'x\n1\n', options)
  const dying = tableDyingAt(cluster, 'hasSameBytes')
  await expect(uploaded(dying, 'x\n1\n', options)).rejects.toThrow('the worker died')
  expect(incoming(cluster)).toEqual([])
})

test('a worker that dies while it looks for what to warn of leaves no file of the upload, which is stored', async () => {
  const { table, cluster } = await opened()
  await uploaded(table, 'x\n1\n')
  const lines = logged()
  const dying = tableDyingAt(cluster, 'misfitAt')
  expect(await uploaded(dying, 'x\nword\n')).toMatchObject({ id: 2, isNew: true, warnings: [] })
  expect(lines).toEqual(['Error: the worker died'])
  expect(incoming(cluster)).toEqual([])
})

test('an upload that is stored is acknowledged, although its file cannot be removed', async () => {
  const { table } = await opened()
  const lines = logged()
  observeFileOperations(({ kind, path }) => {
    if (kind === 'remove' && path.endsWith('.csv')) throw new Error('the disk is broken')
  })
  onTestFinished(() => observeFileOperations(undefined))
  expect(await uploaded(table, `x\n${'12345678\n'.repeat(100_000)}`)).toMatchObject({ id: 1, isNew: true })
  expect(lines).toEqual(['Error: the disk is broken'])
  expect(await table.columnSum('x', 'parquet', never)).toBe(1_234_567_800_000n)
})
