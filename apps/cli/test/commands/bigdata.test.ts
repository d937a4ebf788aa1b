import { expect, test } from 'vitest'
import { batchCsv } from '../../src/load.ts'
import { cli } from '../support/cli.ts'
import { type Handlers, serve } from '../support/tableServer.ts'

function table(upload: NonNullable<Handlers['upload']>) {
  return serve({ upload })
}

test('every batch is uploaded once, and its part of the sums is printed', async () => {
  const received: string[] = []
  const server = await table(({ csvData }) => {
    received.push(new TextDecoder().decode(csvData))
    return {}
  })
  const { stdout, stderr, exitCode } = await cli(server, 'bigdata', '--batches', '20', '--rows', '1500')
  expect(stdout).toMatch(
    /^20 uploads of 1500 rows, \d+\.\d kB, \d+\.\d s\nx \+ 30000\ny \+ 22485000\nz \+ 297485000\n$/,
  )
  expect([stderr, exitCode]).toEqual(['', 0])
  const batches = Array.from({ length: 20 }, (_, batch) => new TextDecoder().decode(batchCsv(batch, 1500)))
  expect(received.sort()).toEqual(batches.sort())
})

test('eight uploads are under way at once', async () => {
  let waiting: (() => void)[] = []
  let most = 0
  const server = await table(async () => {
    await new Promise<void>(resolve => {
      waiting.push(resolve)
      most = Math.max(most, waiting.length)
      if (waiting.length < 8) return
      for (const go of waiting) go()
      waiting = []
    })
    return {}
  })
  expect((await cli(server, 'bigdata', '--batches', '16', '--rows', '10')).exitCode).toBe(0)
  expect(most).toBe(8)
})

test('the first failure ends the load, with the number of batches that are stored', async () => {
  let answered = 0
  const server = await table(() => ({ error: ++answered > 8 ? 'disk\nfull' : '' }))
  const { stdout, stderr, exitCode } = await cli(server, 'bigdata', '--batches', '1000', '--rows', '10')
  expect(stderr).toMatch(/^batch \d+: disk full \(8 of 1000 batches are stored\)\n$/)
  expect([stdout, exitCode]).toEqual(['', 1])
  expect(answered).toBeLessThan(20)
})
