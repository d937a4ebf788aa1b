import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Address } from '../src/address.ts'
import { barLine } from '../src/progress.ts'
import { cli, cliOnTerminal } from './support/cli.ts'
import { temporaryDirectory } from './support/directory.ts'
import { serveStreams, succeed } from './support/http2Server.ts'
import { serve } from './support/tableServer.ts'

/**
 * Runs on a terminal. Takes the next step whenever the output matches the step's pattern. Resolves to the
 * output and the exit code.
 */
function onTerminal(
  server: Address,
  args: string[],
  ...steps: [RegExp, () => void][]
): Promise<{ output: string; exitCode: number | null }> {
  return new Promise(resolve => {
    const child = cliOnTerminal(server, args)
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', text => {
      output += text
      if (steps[0]?.[0].test(output)) steps.shift()?.[1]()
    })
    child.once('close', exitCode => resolve({ output, exitCode }))
  })
}

const CLEAR_LINE = '\u001b[2K'

/** Returns the lines that stay on the terminal: the part of each line after it was last cleared. */
function remaining(output: string): string[] {
  return output.split('\r\n').map(line => line.split(CLEAR_LINE).at(-1) ?? '')
}

test('a sum shows the time that has passed, on a terminal and not in a pipe', async () => {
  const asked = Promise.withResolvers<void>()
  const shown = Promise.withResolvers<void>()
  const server = await serve({
    colSum: async () => {
      asked.resolve()
      await shown.promise
      return { total: 7n }
    },
  })
  const piped = cli(server, 'sum', 'x')
  await asked.promise // When the terminal shows its line, the pipe would have had one for longer.
  const { output, exitCode } = await onTerminal(
    server,
    ['sum', 'x'],
    [/summing x \(parquet\): \d+ s/, shown.resolve],
  )
  expect([remaining(output), exitCode]).toEqual([['7', ''], 0])
  expect(await piped).toEqual({ stdout: '7\n', stderr: '', exitCode: 0 })
})

test('an upload shows a bar with rate and time left, then that the server stores the file', async () => {
  const path = join(temporaryDirectory(), 'a.csv')
  writeFileSync(path, '')
  truncateSync(path, 20_000_000)
  const barSeen = Promise.withResolvers<void>()
  const storingSeen = Promise.withResolvers<void>()
  const server = await serveStreams(stream => {
    void succeed(stream, storingSeen.promise)
    let received = 0
    stream.on('data', function stall(bytes: Buffer) {
      received += bytes.length
      if (received < 5_000_000) return
      stream.off('data', stall).pause()
      void barSeen.promise.then(() => stream.resume())
    })
  })
  const { output, exitCode } = await onTerminal(
    server,
    ['upload', path],
    [/\[=+-+\] {2}2\d% of 20\.0 MB, \d+\.\d [kM]B\/s, \d+ s left {2}a\.csv/, barSeen.resolve],
    [/20\.0 MB sent, the server is storing a\.csv: \d+ s/, storingSeen.resolve],
  )
  expect([remaining(output), exitCode]).toEqual([[`${path}: stored`, ''], 0])
})

test('results and errors of several files are printed above the progress line', async () => {
  const path = join(temporaryDirectory(), 'a.csv')
  writeFileSync(path, 'x\n1\n')
  const shown = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let calls = 0
  const server = await serve({
    upload: async () => {
      const call = calls++
      await shown[call]?.promise
      return { error: call === 1 ? 'line 2: bad' : '', id: BigInt(call + 4), rows: BigInt(call + 1) }
    },
  })
  const { output, exitCode } = await onTerminal(
    server,
    ['upload', '--jobs', '2', path, path, path],
    [/is storing 0\/3 files, a\.csv, a\.csv: \d s/, () => shown[0]?.resolve()],
    [/is storing 1\/3 files, a\.csv, a\.csv: \d s/, () => shown[1]?.resolve()],
    [/is storing 2\/3 files, a\.csv: \d s/, () => shown[2]?.resolve()],
  )
  expect(remaining(output)).toEqual([
    `${path}: stored as upload 4, 1 row`,
    `\u001b[31m${path}: line 2: bad\u001b[39m`,
    `${path}: stored as upload 6, 3 rows`,
    expect.stringMatching(/^2 of 3 files stored, 12 bytes in \d s$/),
    '',
  ])
  expect(exitCode).toBe(1)
})

test('the big load shows uploads, rows, rate and time left', async () => {
  const shown = Promise.withResolvers<void>()
  let calls = 0
  const server = await serve({
    upload: async () => {
      if (++calls > 30) await shown.promise
      return {}
    },
  })
  const { output, exitCode } = await onTerminal(
    server,
    ['bigdata', '--batches', '40', '--rows', '1000'],
    [/\[=+-+\] {2}75% of 40 uploads, \d+\.\d k rows\/s, \d+ s left/, shown.resolve],
  )
  expect(remaining(output).slice(0, 2)).toEqual([
    expect.stringMatching(/^40 uploads of 1000 rows/),
    'x + 40000',
  ])
  expect(exitCode).toBe(0)
})

test('the rate counts what had to be sent again, and nothing is told of it during an outage', () => {
  const amount = {
    done: 40,
    total: 100,
    moved: 80,
    name: '100 bytes',
    format: (value: number) => `${value} B`,
  }
  expect(barLine(amount, 8)).toBe('[========------------]  40% of 100 bytes, 10 B/s, 6 s left')
  expect(barLine({ ...amount, isOut: true }, 8)).toBe(
    '[========------------]  40% of 100 bytes, waiting for the server',
  )
})
