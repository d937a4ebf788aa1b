import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { credentials } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'
import { expect, onTestFinished, test } from 'vitest'
import { program, serverProgram } from '../../../../testing/program.ts'
import { type Address, parseAddress } from '../../src/address.ts'
import { cli, main } from '../support/cli.ts'
import { copiesOf, temporaryDirectory } from '../support/directory.ts'
import { startServer } from '../support/realServer.ts'

const nowhere = parseAddress('localhost:1')
const backUp = (dataDir: string, to: string) => cli(nowhere, 'backup', to, '--data-dir', dataDir)
const restore = (backup: string, to: string) => cli(nowhere, 'restore', backup, '--data-dir', to)

function clientOf({ name }: Address) {
  const client = new TableClient(name, credentials.createInsecure())
  onTestFinished(() => client.close())
  const call = <T extends { error: string }>(start: (done: (error: unknown, response: T) => void) => void) =>
    new Promise<T>((resolve, reject) => {
      start((error, response) =>
        error || response.error ? reject(error ?? response.error) : resolve(response),
      )
    })
  return {
    upload: (csv: string) =>
      call<{ error: string }>(done => client.upload({ csvData: Buffer.from(csv) }, done)),
    sum: async (column: string, format: string) => {
      const response = await call<{ error: string; total: bigint }>(done =>
        client.colSum({ column, format }, done),
      )
      return response.total
    },
  }
}

test('a backup during uploads of four clients can be served, and has every upload acknowledged before, each whole', async () => {
  const dataDir = temporaryDirectory()
  const server = await startServer(dataDir)
  const client = clientOf(server.address)
  /** How many uploads of each client were acknowledged. Each upload adds 1 to the client's column. */
  const acknowledged = [0, 0, 0, 0]
  let more = true
  const uploading = acknowledged.map(async (_, i) => {
    // Every third upload is too large for the catalogue.
    const filler = `,${'x'.repeat(80)}\n`.repeat(1000)
    while (more) {
      await client.upload(`c${i},t\n1,\n${(acknowledged[i] as number) % 3 === 2 ? filler : ''}`)
      acknowledged[i]++
    }
  })
  const backups: { path: string; before: number[]; after: number[] }[] = []
  for (let n = 0; n < 3; n++) {
    while (acknowledged.some(count => count < 4 * (n + 1))) await client.sum('c0', 'parquet')
    const path = join(temporaryDirectory(), 'backup')
    const before = [...acknowledged]
    expect(await backUp(dataDir, path)).toMatchObject({
      stdout: expect.stringMatching(/^\d+ uploads, .* read, \d+ files linked, \d+ copied, 0 damaged\n$/),
      stderr: '',
      exitCode: 0,
    })
    backups.push({ path, before, after: [...acknowledged] })
  }
  more = false
  await Promise.all(uploading)
  server.process.kill()
  await once(server.process, 'exit')
  rmSync(dataDir, { recursive: true })
  mkdirSync(dataDir)

  for (const { path, before, after } of backups) {
    const restored = join(temporaryDirectory(), 'data')
    expect(await restore(path, restored)).toMatchObject({ stderr: '', exitCode: 0 })
    const { sum } = clientOf((await startServer(restored)).address)
    for (const [i, least] of before.entries()) {
      const total = Number(await sum(`c${i}`, 'parquet'))
      expect(total).toBeGreaterThanOrEqual(least)
      // Each client may have one stored upload whose answer had not arrived.
      expect(total).toBeLessThanOrEqual((after[i] as number) + 1)
      expect(Number(await sum(`c${i}`, 'csv'))).toBe(total)
    }
  }
})

/** Returns the directory of a stopped server, with two uploads. */
const stored = copiesOf(async dataDir => {
  const { address, process } = await startServer(dataDir)
  const client = clientOf(address)
  await client.upload('x\n1\n')
  await client.upload(`x,t\n${'2,some text\n'.repeat(10_000)}`)
  process.kill()
  await once(process, 'exit')
})

test('a backup or a restore that is killed leaves a directory that is neither served nor restored', async () => {
  const dataDir = await stored()
  const backup = join(temporaryDirectory(), 'backup')
  expect((await backUp(dataDir, backup)).exitCode).toBe(0)
  for (const [command, from] of [
    ['backup', dataDir],
    ['restore', backup],
  ] as const) {
    const to = join(temporaryDirectory(), 'to')
    // In the middle of the files.
    const hook = program('apps/cli/test/hooks/killLinking.ts')
    const args = command === 'backup' ? [to, '--data-dir', from] : [from, '--data-dir', to]
    const killed = spawn(process.execPath, ['--import', hook, main, command, ...args])
    expect(await once(killed, 'exit')).toEqual([null, 'SIGKILL'])
    const message = `${to} is an incomplete backup or restored directory: remove it and make it again\n`
    expect(await restore(to, join(to, 'data'))).toEqual({ stdout: '', stderr: message, exitCode: 1 })
    expect(await serve(to)).toContain(message)
    expect(await backUp(dataDir, to)).toMatchObject({
      stderr: expect.stringContaining('is not empty'),
      exitCode: 1,
    })
  }
  expect((await restore(backup, join(temporaryDirectory(), 'data'))).exitCode).toBe(0)
})

/** Returns what a server prints that does not start. */
async function serve(dataDir: string): Promise<string> {
  const child = spawn(process.execPath, [...serverProgram(), '--port', '0', '--data-dir', dataDir])
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(child.exitCode).toBe(1)
  return stderr
}

test('a damaged file is named, and the copy that holds it is not a backup', async () => {
  const dataDir = await stored()
  const backup = join(temporaryDirectory(), 'backup')
  expect((await backUp(dataDir, backup)).exitCode).toBe(0)
  appendFileSync(join(dataDir, 'files/00000002.parquet'), 'x')
  const [to, restored] = [join(temporaryDirectory(), 'to'), join(temporaryDirectory(), 'restored')]
  const outcome = await backUp(dataDir, to)
  expect(outcome.stdout).toMatch(
    /^upload 2 .*00000002\.parquet has \d+ bytes, expected \d+\n2 uploads, .* read, \d+ files linked, \d+ copied, 1 damaged\n$/,
  )
  expect(outcome).toMatchObject({ stderr: '', exitCode: 1 })
  expect((await restore(to, restored)).stderr).toContain('is an incomplete backup or restored directory')

  rmSync(join(backup, 'files/00000002.csv'))
  const damaged = await restore(backup, restored)
  // The backup shares the Parquet file damaged above with the data directory.
  expect(damaged.stdout).toMatch(/^upload 2 .* is missing\nupload 2 .*\n2 uploads, .* 2 damaged\n$/)
  expect(damaged.exitCode).toBe(1)
  expect(await serve(restored)).toContain('is an incomplete backup or restored directory')
})

test('directories that cannot be used are named', async () => {
  const [dataDir, empty] = [await stored(), temporaryDirectory()]
  const notEmpty = { stdout: '', stderr: expect.stringMatching(/ is not empty: .*\n$/), exitCode: 1 }
  const backup = join(temporaryDirectory(), 'backup')
  expect((await backUp(dataDir, backup)).exitCode).toBe(0)
  expect(await backUp(dataDir, dataDir)).toEqual(notEmpty)
  expect(await restore(backup, dataDir)).toEqual(notEmpty)
  expect(await backUp(empty, join(empty, 'backup'))).toMatchObject({
    stderr: expect.stringContaining('catalogue.db is missing'),
    exitCode: 1,
  })
  expect(await restore(empty, join(empty, 'data'))).toMatchObject({
    stderr: expect.stringContaining(' is not a backup: '),
    exitCode: 1,
  })
  expect((await cli(nowhere, 'backup')).exitCode).toBe(2)
})
