import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import type { QueryProcess } from '../../src/query/queryProcess.ts'
import { readingsOf } from '../../src/query/readings.ts'

async function valuesOf(process: Pick<QueryProcess, 'pid' | 'restarts'>) {
  const readings = readingsOf(process as QueryProcess)
  return Object.fromEntries(await Promise.all(readings.map(async ({ name, read }) => [name, await read()])))
}

test('a process that runs has its memory, one that does not has none', async () => {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'])
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const running = await valuesOf({ pid: child.pid, restarts: 3 })
  expect(running).toMatchObject({ table_query_process_running: 1, table_query_process_restarts_total: 3 })
  // Node alone takes some 40 MiB.
  expect(running.table_query_process_resident_bytes).toBeGreaterThan(2 ** 24)
  expect(running.table_query_process_resident_bytes).toBeLessThan(2 ** 30)
  child.kill('SIGKILL')
  await once(child, 'close')
  expect((await valuesOf({ pid: child.pid, restarts: 3 })).table_query_process_resident_bytes).toBe(0)
  expect(await valuesOf({ pid: undefined, restarts: 0 })).toEqual({
    table_query_process_running: 0,
    table_query_process_restarts_total: 0,
    table_query_process_resident_bytes: 0,
  })
})
