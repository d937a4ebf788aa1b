import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFileSync, chmodSync, chownSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { createAuthority } from '../../../apps/server/test/support/certificates.ts'
import { Link } from '../../../scripts/cluster/link.ts'
import { makePostgres, type Postgres } from '../../../scripts/cluster/postgres.ts'
import { encrypted } from '../../../testing/cluster/encrypted.ts'
import { bucket, parts } from '../../../testing/cluster/shared.ts'
import { type ProcessServer, startProcess } from '../../support/processServer.ts'
import { temporaryDirectory, testDirectory } from '../../support/temporary.ts'

const folder = temporaryDirectory()
const authority = createAuthority()
const [trusted, foreign] = ['trusted', 'foreign'].map(name => join(folder, `${name}.pem`)) as [string, string]
writeFileSync(trusted, authority.cert)
writeFileSync(foreign, createAuthority().cert)

const password = 'geheim-password'
const token = 'geheim-token'
const secrets = [password, token, parts.credentials.AWS_SECRET_ACCESS_KEY as string]

let postgres: Postgres
/** Runs a statement as the superuser, on the server's own machine. */
const sql = (statement: string) =>
  execFileSync('psql', [
    '-h',
    '127.0.0.1',
    '-p',
    String(postgres.port),
    '-U',
    'admin',
    'postgres',
    '-qAtc',
    statement,
  ])

// A PostgreSQL that takes `table` only over TLS and with a password.
beforeAll(async () => {
  chmodSync(folder, 0o711) // PostgreSQL runs as another user
  const directory = join(folder, 'postgres')
  postgres = await makePostgres(directory)
  await postgres.start()
  const client = ['-h', '127.0.0.1', '-p', String(postgres.port), '-U', 'table', 'postgres', '-qc']
  execFileSync('psql', [
    ...client,
    `CREATE ROLE admin SUPERUSER LOGIN; ALTER ROLE "table" PASSWORD '${password}'`,
  ])
  const { uid, gid } = statSync(directory)
  for (const [name, text] of Object.entries(authority.issue())) {
    writeFileSync(join(directory, `server.${name}`), text, { mode: 0o600 })
    chownSync(join(directory, `server.${name}`), uid, gid)
  }
  appendFileSync(
    join(directory, 'postgresql.conf'),
    "ssl = on\nssl_cert_file = 'server.cert'\nssl_key_file = 'server.key'\n",
  )
  writeFileSync(
    join(directory, 'pg_hba.conf'),
    'host all admin 127.0.0.1/32 trust\nhostssl all "table" 127.0.0.1/32 scram-sha-256\n',
  )
  await postgres.stop()
  await postgres.start()
})
afterAll(async () => {
  await postgres.stop()
  rmSync(folder, { recursive: true })
})

let environment: Record<string, string>
let engine: Link

// A deployment whose parts are all behind TLS.
beforeEach(async () => {
  engine = await Link.to({ port: parts.enginePort })
  onTestFinished(() => engine.close())
  const database = randomUUID()
  sql(`CREATE DATABASE "${database}" OWNER "table"`)
  const store = await encrypted(Number(new URL(parts.endpoint).port), authority.issue(), 'http/1.1')
  const sums = await encrypted(engine.port, authority.issue(), 'h2')
  environment = {
    ...parts.credentials,
    PGPASSWORD: password,
    NODE_EXTRA_CA_CERTS: trusted,
    TABLE_CATALOGUE: `postgres://table@localhost:${postgres.port}/${database}?sslmode=verify-full&sslrootcert=${trusted}`,
    TABLE_OBJECTS: `s3://${bucket().name}/table`,
    TABLE_S3_ENDPOINT: `https://localhost:${store}`,
    TABLE_ENGINE_ADDRESS: `sc://localhost:${sums}/;use_ssl=true;token=${token}`,
  }
})

async function started(): Promise<ProcessServer> {
  const server = await startProcess({ env: environment, dataDir: testDirectory() })
  onTestFinished(() => server.kill())
  return server
}

/** Starts a server that refuses to start. Returns what it says. */
async function refusal(env: Record<string, string>): Promise<string> {
  const server = startProcess({ env: { ...environment, ...env }, dataDir: testDirectory() })
  return server.then(
    async running => {
      await running.kill()
      expect.fail('the server has started')
    },
    (error: Error) => error.message,
  )
}

const put = ({ port }: ProcessServer, csv: string) =>
  fetch(`http://127.0.0.1:${port}/uploads/${randomUUID()}`, { method: 'PUT', body: csv })
const get = ({ port }: ProcessServer, path: string) => fetch(`http://127.0.0.1:${port}/${path}`)

test('a server reaches catalogue, store and engine over TLS', async () => {
  const server = await started()
  expect((await put(server, 'x,d\n1,0.5\n2,0.25\n')).ok).toBe(true)
  for (const format of ['csv', 'parquet'])
    expect(await (await get(server, `columns/x/sum?format=${format}`)).json()).toMatchObject({ total: '3' })
  expect(await (await get(server, 'uploads/1.csv')).text()).toBe('x,d\n1,0.5\n2,0.25\n')
  expect(
    sql(
      "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'table'",
    ).toString(),
  ).toBe('t\n')
  expect(engine.sent).toBeGreaterThan(0)
})

test('a part whose authority is not trusted is refused at once, and the message says where to give the authority', async () => {
  const found = await Promise.all([
    refusal({ TABLE_CATALOGUE: environment.TABLE_CATALOGUE?.replace(trusted, foreign) as string }),
    refusal({ NODE_EXTRA_CA_CERTS: foreign, TABLE_ENGINE_ADDRESS: `sc://127.0.0.1:${parts.enginePort}` }),
    refusal({ NODE_EXTRA_CA_CERTS: foreign }),
  ])
  expect(found).toEqual([
    expect.stringMatching(/the catalogue postgres:.*certificate.*: give its authority in sslrootcert/),
    expect.stringMatching(/s3:.*certificate.*: give its authority in NODE_EXTRA_CA_CERTS/),
    expect.stringMatching(/the engine .*certificate.*: give its authority in NODE_EXTRA_CA_CERTS/),
  ])
})

test('passwords, keys and tokens stand in no command line, log or answer, whatever fails', async () => {
  environment.TABLE_CATALOGUE = environment.TABLE_CATALOGUE?.replace('table@', `table:${password}@`) as string
  const server = await started()
  const said: string[] = []
  const ask = async (asked: Promise<Response>): Promise<number> => {
    const answer = await asked
    said.push(JSON.stringify([...answer.headers]), await answer.text())
    return answer.status
  }
  expect(await ask(put(server, 'x\n1\n'))).toBe(201)
  said.push(readFileSync(`/proc/${server.pid}/cmdline`, 'utf8'))
  engine.close()
  expect(await ask(get(server, 'columns/x/sum'))).toBe(503)
  sql(`ALTER ROLE "table" PASSWORD 'another'`)
  onTestFinished(() => void sql(`ALTER ROLE "table" PASSWORD '${password}'`))
  sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'table'")
  for (const answer of [put(server, 'x\n1\n'), get(server, 'columns/d/sum'), get(server, 'readyz')])
    expect(await ask(answer)).toBe(503)
  for (const path of ['metrics', 'healthz']) expect(await ask(get(server, path))).toBe(200)
  expect(server.log()).toMatch(/password authentication failed/)
  said.push(server.log())
  said.push(await refusal({}))
  sql(`ALTER ROLE "table" PASSWORD '${password}'`)
  said.push(
    await refusal({ AWS_ACCESS_KEY_ID: 'other' }),
    await refusal({ TABLE_ENGINE_ADDRESS: `sc://localhost:1/;token=${token}` }),
  )
  for (const text of said) for (const secret of secrets) expect(text).not.toContain(secret)
})
