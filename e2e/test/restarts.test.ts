import { readdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { repeat } from '../../testing/form.ts'
import { type ProcessServer, startProcess } from '../support/processServer.ts'
import { testSession } from '../support/python.ts'
import { tableCliOf } from '../support/tableCli.ts'
import { testDirectory } from '../support/temporary.ts'

const kills = 5
const batches = repeat('TABLE_BATCHES')
const rows = 250_000

test(`table-cli bigdata with ${batches} batches, while the server is killed ${kills} times: no row is lost, none is there twice`, async () => {
  const dataDir = testDirectory()
  let server = await startProcess({ dataDir })
  const load = bigdata(server)
  // Once the command has ended, nothing more will be stored.
  const ended = load.then(({ code, stderr }) => expect(code, stderr).toBe(0))
  for (let kill = 1; kill <= kills; kill++) {
    await Promise.race([storedUploads(dataDir, Math.floor((batches * kill) / (kills + 1))), ended])
    await new Promise(resolve => setTimeout(resolve, 50 * Math.random())) // some other moment each time
    await server.kill()
    server = await startProcess({ dataDir, port: server.port })
  }
  onTestFinished(() => server.stop())

  await ended
  const { stdout, stderr } = await load
  expect(stderr).toContain(`localhost:${server.port} does not answer now: trying again`)
  const sums = {
    x: BigInt(batches * rows),
    y: (BigInt(batches) * BigInt(rows) * BigInt(rows - 1)) / 2n,
    z:
      1000n * BigInt(rows) * BigInt((batches * (batches - 1)) / 2) +
      BigInt(batches * (rows / 1000) * 499_500),
  }
  const session = testSession(server)
  for (const [column, sum] of Object.entries(sums)) {
    expect(stdout).toContain(`${column} + ${sum}\n`)
    for (const format of ['csv', 'parquet']) expect(await session.total(column, format)).toBe(sum)
  }
  expect(readdirSync(join(dataDir, 'files'))).toHaveLength(2 * batches)
  expect(readdirSync(join(dataDir, 'incoming'))).toEqual([])
  const { stdout: verified } = await tableCliOf(server.port)('verify', '--data-dir', dataDir)
  expect(verified).toMatch(new RegExp(`^${batches} uploads, .*, 0 files damaged\\n$`))
})

function bigdata({ port }: ProcessServer) {
  return tableCliOf(port)('bigdata', '--batches', String(batches), '--rows', String(rows))
}

/** Resolves when the files of this many uploads exist. */
function storedUploads(dataDir: string, count: number): Promise<void> {
  const directory = join(dataDir, 'files')
  return new Promise(resolve => {
    const look = () => {
      if (readdirSync(directory).length < 2 * count) return
      watcher.close()
      resolve()
    }
    const watcher = watch(directory, look)
    look()
  })
}
