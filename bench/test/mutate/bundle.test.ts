import { expect, onTestFinished, test } from 'vitest'
import { Bench, mutantsOf } from '../../mutate/judge.ts'
import { line } from '../../mutate/report.ts'

test('a change reaches the threads of a server, which the tests start from a bundle', async () => {
  const project = 'apps/server'
  const mutant = mutantsOf(project, ['workers/worker.ts']).find(one =>
    line(one).endsWith('→ const dataDir = (): string => undefined'),
  )
  if (mutant === undefined) throw new Error('worker.ts has no such mutant')
  const blocks = new Set([mutant.block])
  const bench = new Bench(project, [
    { test: `${project}/test/workers/unsynced.test.ts`, time: 60_000, blocks, inPrograms: blocks },
  ])
  onTestFinished(() => bench.close())
  expect(await Array.fromAsync(bench.kills([mutant]))).toHaveLength(1)
  // Without the change the test is green.
  expect(bench.controls).toEqual({ all: 1, red: 0 })
})
