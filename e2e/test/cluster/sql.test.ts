import { tableFromIPC } from 'apache-arrow'
import { expect, onTestFinished, test } from 'vitest'
import { bucket, database, parts } from '../../../testing/cluster/shared.ts'
import { startProcess } from '../../support/processServer.ts'
import { tableCliOf } from '../../support/tableCli.ts'
import { testDirectory } from '../../support/temporary.ts'

async function started(env: Record<string, string>): Promise<{ port: number; log(): string }> {
  const deployment = {
    ...parts.credentials,
    TABLE_CATALOGUE: database(),
    TABLE_OBJECTS: `s3://${bucket().name}/table`,
    TABLE_S3_ENDPOINT: parts.endpoint,
    TABLE_ENGINE_ADDRESS: `sc://127.0.0.1:${parts.enginePort}`,
  }
  const server = await startProcess({ env: { ...deployment, ...env }, dataDir: testDirectory() })
  onTestFinished(() => server.kill())
  return server
}

function ask(port: number, sql: string, accept = 'application/json'): Promise<Response> {
  const headers = { 'content-type': 'application/sql', accept }
  return fetch(`http://127.0.0.1:${port}/query`, { method: 'POST', body: sql, headers })
}

test('the servers of a cluster answer SQL if the operator allows it', async () => {
  const { port } = await started({ TABLE_ENGINE_SQL: 'on' })
  for (const [name, csv] of [
    ['one.csv', 'room,t\nA,1\nB,2\n'],
    ['two.csv', 'room,t,x\nA,40,0.5\n'],
  ])
    await fetch(`http://127.0.0.1:${port}/uploads?name=${name}`, { method: 'POST', body: csv })
  const sql = 'SELECT room, sum(t) AS s FROM data GROUP BY room ORDER BY room'
  const json = await ask(port, sql)
  expect(json.status).toBe(200)
  expect(await json.json()).toEqual({
    columns: [
      { name: 'room', type: 'text' },
      { name: 's', type: 'int64' },
    ],
    rows: [
      ['A', 41],
      ['B', 2],
    ],
  })
  expect(await (await ask(port, sql, 'text/csv')).text()).toBe('room,s\nA,41\nB,2\n')
  const arrow = await ask(port, sql, 'application/vnd.apache.arrow.stream')
  expect(String(tableFromIPC(await arrow.bytes()).toArray())).toBe(
    '{"room": "A", "s": 41},{"room": "B", "s": 2}',
  )
  const parquet = await (await ask(port, sql, 'application/vnd.apache.parquet')).bytes()
  expect(Buffer.from(parquet.subarray(-4)).toString()).toBe('PAR1')
  const wrong = await ask(port, 'SELECT nope FROM data')
  expect(wrong.status).toBe(422)
  expect(await wrong.text()).toContain('nope')

  const tableCli = tableCliOf(port)
  const joined =
    'SELECT name, count(*) AS n FROM data JOIN uploads ON id = _upload GROUP BY name ORDER BY name'
  expect(await tableCli('sql', '--csv', joined)).toMatchObject({
    stdout: 'name,n\none.csv,2\ntwo.csv,1\n',
    code: 0,
  })
  expect(await tableCli('sql', 'DELETE FROM data')).toMatchObject({
    stderr: expect.stringContaining('found DELETE, expected a SELECT'),
    code: 1,
  })
})

test('without the flag, a cluster answers no SQL and says why', async () => {
  const { port } = await started({})
  const answer = await ask(port, 'SELECT 1')
  expect(answer.status).toBe(501)
  expect(await answer.text()).toContain('--engine-sql')
  const said = await tableCliOf(port)('sql', 'SELECT 1')
  expect(said).toMatchObject({ stderr: expect.stringContaining('--engine-sql'), code: 1 })
})
