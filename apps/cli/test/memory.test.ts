import { spawn } from 'node:child_process'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { Address } from '../src/address.ts'
import { environment, main, outcomeOf } from './support/cli.ts'
import { temporaryDirectory } from './support/directory.ts'
import { serveStreams, succeed } from './support/http2Server.ts'

const MB = 1e6
/** Node with grpc-js loaded takes about 100 MB. */
const BOUND = 160 * MB

/** Runs table-cli. Returns its standard output and the peak of its resident memory in bytes. */
async function measured(server: Address, ...args: string[]): Promise<{ stdout: string; peak: number }> {
  const peakFile = join(temporaryDirectory(), 'peak')
  const hook = new URL('./support/reportPeak.ts', import.meta.url).pathname
  const env = { ...environment(server), PEAK_FILE: peakFile }
  const { stdout, stderr } = await outcomeOf(
    spawn(process.execPath, ['--import', hook, main, ...args], { env }),
  )
  expect(stderr).toBe('')
  return { stdout, peak: Number(readFileSync(peakFile, 'utf8')) * 1024 }
}

test('an upload takes the same memory whatever the file is', async () => {
  const path = join(temporaryDirectory(), 'big.csv')
  writeFileSync(path, '')
  truncateSync(path, 300 * MB)
  let received = 0
  const server = await serveStreams(stream => {
    stream.on('data', (bytes: Buffer) => {
      received += bytes.length
    })
    void succeed(stream)
  })
  const { stdout, peak } = await measured(server, 'upload', path)
  expect(stdout).toBe('success\n')
  expect(received).toBe(300 * MB + 5 + 1 + 5)
  expect(peak).toBeLessThan(BOUND)
})

test('a translated upload takes the same memory whatever the file is', async () => {
  const path = join(temporaryDirectory(), 'big.csv.gz')
  const megabyte = `${'é'.repeat(499_000)};1,5\n`
  writeFileSync(path, gzipSync(`text;number\n${megabyte.repeat(60)}`))
  const server = await serveStreams(stream => void succeed(stream.resume()))
  const { stdout, peak } = await measured(server, 'upload', '--delimiter', ';', '--decimal-comma', path)
  expect(stdout).toBe('success\n')
  expect(peak).toBeLessThan(BOUND + 20 * MB)
})

test('the big load holds no more than the uploads under way', async () => {
  const server = await serveStreams(stream => void succeed(stream.resume()))
  const { stdout, peak } = await measured(server, 'bigdata', '--batches', '60')
  expect(stdout).toMatch(/^60 uploads of 250000 rows, 215\.6 MB/)
  expect(peak).toBeLessThan(BOUND + 8 * 16 * MB)
})
