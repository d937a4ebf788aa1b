import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAddress } from '../../src/address.ts'
import { cli } from '../support/cli.ts'
import { copiesOf, temporaryDirectory } from '../support/directory.ts'
import { startServer } from '../support/realServer.ts'

const nowhere = parseAddress('localhost:1')
const largeCsv = (x: number) => `x,t\n${`${x},some text\n`.repeat(10_000)}`

/** Returns the data directory of a stopped server, with three uploads. */
const stored = copiesOf(async dataDir => {
  const { address, process } = await startServer(dataDir)
  const files = [1, 2, 3].map(x => join(temporaryDirectory(), `${x}.csv`))
  for (const [i, path] of files.entries()) writeFileSync(path, largeCsv(i))
  expect((await cli(address, 'upload', ...files)).exitCode).toBe(0)
  process.kill()
  await once(process, 'exit')
})

const verify = (dataDir: string) => cli(nowhere, 'verify', '--data-dir', dataDir)
const repair = (dataDir: string) => cli(nowhere, 'repair', '--data-dir', dataDir)

function damage(path: string, at: number): void {
  const bytes = readFileSync(path)
  writeFileSync(path, bytes.with(at, (bytes[at] as number) ^ 1))
}

test('verify names each damaged file, repair rebuilds the Parquet files', async () => {
  const dataDir = await stored()
  const whole = {
    stdout: expect.stringMatching(/^3 uploads, .* read, 0 files damaged\n$/),
    stderr: '',
    exitCode: 0,
  }
  expect(await verify(dataDir)).toEqual(whole)

  const file = (name: string) => join(dataDir, 'files', name)
  damage(file('00000001.parquet'), 100)
  rmSync(file('00000003.parquet'))
  const found = await verify(dataDir)
  expect(found.stdout.split('\n')).toEqual([
    expect.stringMatching(
      /^upload 1 \(received 20.*Z\): .*\/files\/00000001\.parquet has other bytes than when it was stored$/,
    ),
    expect.stringMatching(/^upload 3 \(received 20.*Z\): .*\/files\/00000003\.parquet is missing$/),
    expect.stringMatching(/^3 uploads, .* read, 2 files damaged$/),
    '',
  ])
  expect([found.stderr, found.exitCode]).toEqual(['', 1])

  const repaired = await repair(dataDir)
  expect(repaired).toMatchObject({ stderr: '', exitCode: 0 })
  expect(repaired.stdout.split('\n').slice(2)).toEqual([
    '2 Parquet files rebuilt, still damaged: 0 Parquet files, 0 CSVs',
    '',
  ])
  expect(await verify(dataDir)).toEqual(whole)
  const { address } = await startServer(dataDir)
  for (const format of ['csv', 'parquet'])
    expect((await cli(address, 'sum', 'x', '--format', format)).stdout).toBe('30000\n')
})

test('a damaged CSV is not rebuilt from its Parquet file, and the other files are repaired', async () => {
  const dataDir = await stored()
  damage(join(dataDir, 'files/00000001.csv'), 10)
  truncateSync(join(dataDir, 'files/00000001.parquet'), 5)
  truncateSync(join(dataDir, 'files/00000002.parquet'), 5)
  const { stdout, exitCode } = await repair(dataDir)
  expect(stdout.split('\n').slice(-2)).toEqual([
    '1 Parquet files rebuilt, still damaged: 1 Parquet files, 1 CSVs',
    '',
  ])
  expect(exitCode).toBe(1)
  expect((await verify(dataDir)).stdout).toMatch(/^upload 1 .*csv .*\nupload 1 .*parquet .*\n3 uploads/)
})

test('an upload that was stored under raised limits is repaired', async () => {
  const dataDir = temporaryDirectory()
  const { address, process } = await startServer(dataDir, { env: { TABLE_MAX_HEADER: '4MiB' } })
  const file = join(temporaryDirectory(), 'wide.csv')
  // A header of 2 MB, twice the default limit.
  writeFileSync(file, `x,${Array.from({ length: 2000 }, (_, i) => `${i}_${'n'.repeat(1000)}`).join()}\n`)
  expect((await cli(address, 'upload', file)).exitCode).toBe(0)
  process.kill()
  await once(process, 'exit')
  rmSync(join(dataDir, 'files/00000001.parquet'))
  expect(await repair(dataDir)).toMatchObject({ stderr: '', exitCode: 0 })
  expect((await verify(dataDir)).exitCode).toBe(0)
})

test('a Parquet file that cannot be rebuilt is named with the reason, and the others are rebuilt', async () => {
  const dataDir = await stored()
  for (const id of [1, 2, 3]) rmSync(join(dataDir, `files/0000000${id}.parquet`))
  // A directory in place of the file makes the creation fail.
  mkdirSync(join(dataDir, 'incoming/00000002.parquet'))
  const { stdout, stderr, exitCode } = await repair(dataDir)
  expect(stdout.split('\n').slice(3)).toEqual([
    expect.stringMatching(/^upload 2 \(received 20.*Z\): cannot rebuild its Parquet file: EISDIR: .*$/),
    '2 Parquet files rebuilt, still damaged: 1 Parquet files, 0 CSVs',
    '',
  ])
  expect([stderr, exitCode]).toEqual(['', 1])
})

test('beside a running server verify works and repair does not', async () => {
  const dataDir = await stored()
  await startServer(dataDir)
  expect((await verify(dataDir)).exitCode).toBe(0)
  const { stdout, stderr, exitCode } = await repair(dataDir)
  expect(stderr).toMatch(/^the data directory .* is served by another process, .*: stop that server, .*\n$/)
  expect([stdout, exitCode]).toEqual(['', 1])
})

test.each(['verify', 'repair'])('%s of a directory without a catalogue says so', async command => {
  const dataDir = temporaryDirectory()
  const { stdout, stderr, exitCode } = await cli(nowhere, command, '--data-dir', dataDir)
  expect(stderr).toBe(
    `${join(dataDir, 'catalogue.db')} is missing or empty: name the data directory of a server\n`,
  )
  expect([stdout, exitCode]).toEqual(['', 1])
})
