import { once } from 'node:events'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAddress } from '../../src/address.ts'
import { cli } from '../support/cli.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { startServer } from '../support/realServer.ts'

const nowhere = parseAddress('localhost:1')
const rm = (dataDir: string, ...ids: string[]) => cli(nowhere, 'rm', ...ids, '--data-dir', dataDir)
const adopt = (dataDir: string) => cli(nowhere, 'adopt', '--data-dir', dataDir)

/** Returns the data directory of a stopped server, with one upload for each column `x`. */
async function stored(...values: string[]): Promise<string> {
  const dataDir = temporaryDirectory()
  const { address, process } = await startServer(dataDir)
  const files = values.map((value, i) => {
    const path = join(temporaryDirectory(), `${i}.csv`)
    writeFileSync(path, `x\n${value}\n`)
    return path
  })
  expect((await cli(address, 'upload', '--jobs', '1', ...files)).exitCode).toBe(0)
  process.kill()
  await once(process, 'exit')
  return dataDir
}

/** Returns both sums of `x` from a server on the directory. */
async function sums(dataDir: string): Promise<string[]> {
  const { address, process } = await startServer(dataDir)
  const formats = ['csv', 'parquet']
  const outcomes = await Promise.all(formats.map(format => cli(address, 'sum', 'x', '--format', format)))
  process.kill()
  await once(process, 'exit')
  return outcomes.map(({ stdout }) => stdout.trim())
}

test('rm removes uploads and their files, or nothing', async () => {
  const dataDir = await stored('1', '20', '300')
  expect(await rm(dataDir, '1', '7')).toEqual({
    stdout: '',
    stderr: 'there is no upload 7: nothing was removed\n',
    exitCode: 1,
  })
  expect(await rm(dataDir, '1', '3', '1')).toEqual({ stdout: '2 uploads removed\n', stderr: '', exitCode: 0 })
  expect(readdirSync(join(dataDir, 'files')).sort()).toEqual(['00000002.csv', '00000002.parquet'])
  expect(await sums(dataDir)).toEqual(['20', '20'])
})

test('rm removes an upload whose CSV is missing, so that the others can be served', async () => {
  const dataDir = await stored('1', '20')
  rmSync(join(dataDir, 'files/00000001.csv'))
  expect((await rm(dataDir, '1')).stdout).toBe('1 uploads removed\n')
  expect(await sums(dataDir)).toEqual(['20', '20'])
})

test.each(['0', '-1', '1.5', 'x', ''])('rm of %j is wrong usage', async id => {
  const { stderr, exitCode } = await rm(temporaryDirectory(), '--', id)
  expect(exitCode).toBe(2)
  expect(stderr).toContain('Expected the number of an upload')
})

test('adopt rebuilds a lost catalogue from the files, except files that cannot become uploads', async () => {
  const dataDir = await stored('1', '20', '300')
  for (const name of readdirSync(dataDir)) if (name.startsWith('catalogue.db')) rmSync(join(dataDir, name))
  writeFileSync(join(dataDir, 'files/00000002.csv'), 'x\n"\n')
  const { stdout, exitCode } = await adopt(dataDir)
  expect(stdout.split('\n')).toEqual([
    'upload 1: adopted',
    expect.stringMatching(/^upload 2: line 2, .* quote/),
    'upload 3: adopted',
    '2 uploads adopted, 1 could not be',
    '',
  ])
  expect(exitCode).toBe(1)
  expect(await sums(dataDir)).toEqual(['301', '301'])
})

test('adopt goes on after a file that cannot be written, and ignores the limits for uploads', async () => {
  const dataDir = temporaryDirectory()
  const { address, process } = await startServer(dataDir, { env: { TABLE_MAX_HEADER: '4MiB' } })
  const file = join(temporaryDirectory(), 'wide.csv')
  writeFileSync(file, `x,${Array.from({ length: 2000 }, (_, i) => `${i}_${'n'.repeat(1000)}`).join()}\n`)
  expect((await cli(address, 'upload', file, file)).exitCode).toBe(0)
  process.kill()
  await once(process, 'exit')
  for (const name of readdirSync(dataDir)) if (name.startsWith('catalogue.db')) rmSync(join(dataDir, name))
  // A directory in place of the file makes the creation fail.
  mkdirSync(join(dataDir, 'incoming/00000001.parquet'))
  expect((await adopt(dataDir)).stdout.split('\n')).toEqual([
    expect.stringMatching(/^upload 1: EISDIR/),
    'upload 2: adopted',
    '1 uploads adopted, 1 could not be',
    '',
  ])
})

test('nothing is removed from or adopted in a directory that a server has', async () => {
  const dataDir = await stored('1')
  await startServer(dataDir)
  for (const command of [() => rm(dataDir, '1'), () => adopt(dataDir)])
    expect(await command()).toMatchObject({
      stderr: expect.stringMatching(/^the data directory .* is served by another process, .*\n$/),
      stdout: '',
      exitCode: 1,
    })
})
