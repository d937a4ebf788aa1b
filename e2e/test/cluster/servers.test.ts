import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { Link } from '../../../scripts/cluster/link.ts'
import { bucket, database, parts } from '../../../testing/cluster/shared.ts'
import { startProcess } from '../../support/processServer.ts'
import { root } from '../../support/repository.ts'
import { testDirectory } from '../../support/temporary.ts'

type Environment = Record<string, string>

/** The environment of a server in a deployment of its own. */
function newDeployment(): Environment {
  return {
    ...parts.credentials,
    TABLE_CATALOGUE: database(),
    TABLE_OBJECTS: `s3://${bucket().name}/table`,
    TABLE_S3_ENDPOINT: parts.endpoint,
    TABLE_ENGINE_ADDRESS: `sc://127.0.0.1:${parts.enginePort}`,
  }
}

async function started(env: Environment): Promise<string> {
  const server = await startProcess({ env, dataDir: testDirectory() })
  onTestFinished(() => server.kill())
  return `http://127.0.0.1:${server.port}`
}

async function upload(server: string, csv: string, id: string = randomUUID()): Promise<{ id: number }> {
  const answer = await fetch(`${server}/uploads/${id}`, { method: 'PUT', body: csv })
  expect(answer.ok).toBe(true)
  return answer.json()
}

async function sums(server: string, column: string): Promise<string[]> {
  const ask = async (format: string) => {
    const answer = await fetch(`${server}/columns/${column}/sum?format=${format}`)
    return (await answer.json()).total
  }
  return Promise.all(['csv', 'parquet'].map(ask))
}

/** Runs a server that does not start. Returns what it says. */
async function refusal(
  env: Environment,
  args: string[] = [],
): Promise<{ status: number | null; stderr: string }> {
  const directory = testDirectory()
  const child = spawn(join(root, 'apps/server/start'), ['--port', '0', '--data-dir', directory, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  const closed = once(child, 'close')
  const stderr = await text(child.stderr)
  const [status] = await closed
  return { status, stderr }
}

test('two servers have one table: what one acknowledges, the other sums, lists, sends and deletes', async () => {
  const deployment = newDeployment()
  const [one, other] = await Promise.all([started(deployment), started(deployment)])
  const upload_id = randomUUID()
  const { id } = await upload(one, 'x,d\n1,0.5\n2,0.25\n', upload_id)
  expect(await upload(other, 'x,d\n1,0.5\n2,0.25\n', upload_id)).toMatchObject({ id })
  await upload(other, 'x\n40\n')
  for (const server of [one, other]) expect(await sums(server, 'x')).toEqual(['43', '43'])
  expect(await (await fetch(`${other}/uploads/${id}.csv`)).text()).toBe('x,d\n1,0.5\n2,0.25\n')
  expect((await fetch(`${other}/uploads/${id}`, { method: 'DELETE' })).ok).toBe(true)
  for (const server of [one, other]) expect(await sums(server, 'x')).toEqual(['40', '40'])
  const { uploads } = await (await fetch(`${one}/uploads`)).json()
  expect(uploads).toHaveLength(1)
})

test('a large upload is converted while it arrives', async () => {
  const server = await started(newDeployment())
  const rows = Array.from({ length: 500_000 }, (_, i) => `${i},${i % 7}`)
  await upload(server, `a,b\n${rows.join('\n')}\n`)
  expect(await sums(server, 'a')).toEqual(['124999750000', '124999750000'])
})

test('a server is ready while all parts answer', async () => {
  const deployment = newDeployment()
  const link = await Link.to({ port: parts.postgresPort })
  onTestFinished(() => link.close())
  const catalogue = new URL(deployment.TABLE_CATALOGUE as string)
  catalogue.port = String(link.port)
  const server = await started({ ...deployment, TABLE_CATALOGUE: catalogue.href })
  const status = async () => (await fetch(`${server}/readyz`)).status
  expect(await status()).toBe(200)
  link.cut()
  await expect.poll(status).toBe(503)
  link.mend()
  await expect.poll(status).toBe(200)
  expect((await fetch(`${server}/healthz`)).status).toBe(200)
})

test('a server does not start with parts that are missing, wrong or of different deployments', async () => {
  const deployment = newDeployment()
  const { TABLE_ENGINE_ADDRESS, ...without } = deployment
  expect(await refusal(without)).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/go together: --engine is missing/),
  })
  const wrong: [Environment, RegExp][] = [
    [{ TABLE_CATALOGUE: 'postgres://table@127.0.0.1:1/table' }, /the catalogue .*ECONNREFUSED/],
    [{ TABLE_CATALOGUE: 'mysql://table' }, /--catalogue: expected an address such as/],
    [{ TABLE_OBJECTS: 's3://no-such-bucket/x' }, /no-such-bucket.*NoSuchBucket/],
    [{ AWS_SECRET_ACCESS_KEY: 'wrong' }, /s3:.*(SignatureDoesNotMatch|403)/],
    [{ TABLE_ENGINE_ADDRESS: 'sc://127.0.0.1:1' }, /--engine: /],
  ]
  // A start waits for parts that are starting too, so all of these wait together.
  const found = await Promise.all(wrong.map(([env]) => refusal({ ...deployment, ...env })))
  wrong.forEach(([, message], i) => {
    expect(found[i]).toEqual({ status: 1, stderr: expect.stringMatching(message) })
  })
})

test('the parts of two deployments are not mixed', async () => {
  const [one, other] = [newDeployment(), newDeployment()]
  await upload(await started(one), 'x\n1\n')
  await upload(await started(other), 'x\n1\n')
  const mixed = { ...one, TABLE_OBJECTS: other.TABLE_OBJECTS as string }
  expect((await refusal(mixed)).stderr).toMatch(/belongs to the deployment .*, the catalogue .* to /)
  const withoutObjects = { ...one, TABLE_OBJECTS: newDeployment().TABLE_OBJECTS as string }
  expect((await refusal(withoutObjects)).stderr).toMatch(
    /has no object "deployment", and the catalogue .* has uploads/,
  )
  const withoutCatalogue = { ...one, TABLE_CATALOGUE: newDeployment().TABLE_CATALOGUE as string }
  expect((await refusal(withoutCatalogue)).stderr).toMatch(
    /is empty, and the objects belong to the deployment/,
  )
})

test('a password stands in no command line and in no message', async () => {
  const deployment = newDeployment()
  const catalogue = 'postgres://table:geheim@127.0.0.1:1/table'
  const { TABLE_CATALOGUE, ...without } = deployment
  const inFlag = await refusal(without, ['--catalogue', catalogue])
  expect(inFlag).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/PGPASSWORD, PGPASSFILE or TABLE_CATALOGUE/),
  })
  const inVariable = await refusal({ ...without, TABLE_CATALOGUE: catalogue })
  expect(inVariable.status).toBe(1)
  for (const { stderr } of [inFlag, inVariable]) expect(stderr).not.toContain('geheim')
})
