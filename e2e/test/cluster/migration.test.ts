import { randomUUID } from 'node:crypto'
import { appendFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bucket, database, parts } from '../../../testing/cluster/shared.ts'
import { startProcess } from '../../support/processServer.ts'
import { root } from '../../support/repository.ts'
import { run } from '../../support/run.ts'
import { testDirectory } from '../../support/temporary.ts'

/** Runs the CLI. Returns its exit code and what it prints. */
async function cli(env: Record<string, string>, ...args: string[]) {
  const { code, stdout, stderr } = await run(
    process.execPath,
    [join(root, 'apps/cli/src/main.ts'), ...args],
    { env },
  )
  return { code, said: `${stdout}${stderr}` }
}

test('a directory that is served is copied into a cluster, once and again, with deletions', async () => {
  const { name, folder } = bucket()
  const deployment = {
    ...parts.credentials,
    TABLE_CATALOGUE: database(),
    TABLE_OBJECTS: `s3://${name}/table`,
    TABLE_S3_ENDPOINT: parts.endpoint,
    TABLE_ENGINE_ADDRESS: `sc://127.0.0.1:${parts.enginePort}`,
  }
  const dataDir = testDirectory()
  const local = await startProcess({ dataDir })
  onTestFinished(() => local.kill())
  const put = async (csv: string, id: string = randomUUID()) => {
    const answer = await fetch(`http://127.0.0.1:${local.port}/uploads/${id}?name=a.csv`, {
      method: 'PUT',
      body: csv,
    })
    expect(answer.ok).toBe(true)
    return (await answer.json()).id
  }
  const uploadId = randomUUID()
  await put('x,t\n1,007\n2,08\n', uploadId)
  const second = await put('x\n10\n')
  await put('x,w\n100,"a\nb"\n')
  const migrate = () => cli(deployment, 'migrate', '--data-dir', dataDir)
  expect((await migrate()).said).toContain('3 uploads copied, 0 were there, 0 deleted')
  await put('x\n1000\n')
  expect((await fetch(`http://127.0.0.1:${local.port}/uploads/${second}`, { method: 'DELETE' })).ok).toBe(
    true,
  )
  expect((await migrate()).said).toContain('1 uploads copied, 2 were there, 1 deleted')

  const served = await startProcess({ env: deployment, dataDir: testDirectory() })
  onTestFinished(() => served.kill())
  const ask = async (port: number, path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json()
  for (const path of ['/columns/x/sum?format=csv', '/columns/x/sum', '/columns/t/sum', '/table'])
    expect(await ask(served.port, path)).toEqual(await ask(local.port, path))
  const shown = async (port: number) =>
    (await ask(port, '/uploads?oldest_first=true')).uploads.map((upload: object) => ({ ...upload, id: 0 }))
  expect(await shown(served.port)).toEqual(await shown(local.port))

  const copy = testDirectory()
  const back = () => cli(deployment, 'migrate', '--back', '--data-dir', copy)
  expect((await back()).said).toContain('3 uploads copied, 0 were there')
  expect((await back()).said).toContain('0 uploads copied, 3 were there')
  const again = await startProcess({ dataDir: copy })
  onTestFinished(() => again.kill())
  for (const path of ['/columns/x/sum?format=csv', '/columns/x/sum', '/columns/t/sum', '/table'])
    expect(await ask(again.port, path)).toEqual(await ask(local.port, path))
  expect(await shown(again.port)).toEqual(await shown(local.port))

  const verify = () => cli(deployment, 'verify')
  expect(await verify()).toMatchObject({ code: 0, said: expect.stringContaining('0 objects damaged') })
  const csvs = join(folder, 'table/csv')
  const names = readdirSync(csvs).sort()
  const [first = '', last = ''] = [names[0], names.at(-1)]
  appendFileSync(join(csvs, first), '9\n')
  rmSync(join(csvs, last))
  expect(await verify()).toMatchObject({ code: 1, said: expect.stringContaining('2 objects damaged') })
  const [between = ''] = names.slice(2)
  rmSync(join(folder, 'table/parquet', between.replace('.csv', '.parquet')))
  rmSync(join(folder, 'table/parquet', last.replace('.csv', '.parquet')))
  expect(await cli(deployment, 'repair')).toMatchObject({
    code: 1,
    said: expect.stringContaining('1 uploads repaired, 2 still damaged'),
  })
  expect(await verify()).toMatchObject({ code: 1, said: expect.stringContaining('3 objects damaged') })
  expect((await migrate()).said).toContain('0 uploads copied, 3 were there, 0 deleted')
})
