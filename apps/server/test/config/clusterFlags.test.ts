import { expect, test } from 'vitest'
import { clusterOf, clusterOptions, clusterProblem } from '../../src/config/clusterFlags.ts'

const whole = { catalogue: 'postgres://table@db/table', objects: 's3://bucket/a', engine: 'sc://one:50051' }

test('the parts of a cluster go together', () => {
  expect(clusterProblem({}, [])).toBeUndefined()
  expect(clusterProblem(whole, [])).toBeUndefined()
  expect(clusterOf({})).toBeUndefined()
  expect(clusterOf(whole)).toEqual({ ...whole, s3Endpoint: undefined, engineSql: 'off' })
  expect(clusterOf({ ...whole, engineSql: 'on' })?.engineSql).toBe('on')
  const { engine, ...without } = whole
  expect(clusterProblem(without, [])).toContain('--engine is missing')
  expect(clusterProblem({ engine }, [])).toContain('--catalogue and --objects are missing')
  expect(clusterProblem({ s3Endpoint: 'http://store' }, [])).toContain('needs --objects')
  expect(clusterProblem({ engineSql: 'off' }, [])).toBeUndefined()
  expect(clusterProblem({ engineSql: 'on' }, [])).toContain('--engine-sql needs --engine')
})

test.each([
  ['a password', { catalogue: 'postgres://table:geheim@db/table' }],
  ['a password as a parameter', { catalogue: 'postgres://table@db/table?password=geheim' }],
  ['a token', { engine: 'sc://one:50051/;use_ssl=true;token=geheim' }],
])('%s belongs in the environment and not in a flag', (_, secret) => {
  const flags = { ...whole, ...secret }
  const args = Object.entries(secret).flatMap(([name, value]) => [`--${name}=${value}`])
  expect(clusterProblem(flags, [])).toBeUndefined()
  expect(clusterProblem(flags, args)).toContain('everybody on this machine can read')
  expect(clusterProblem(flags, args)).not.toContain('geheim')
})

test('each part has a flag and a variable, and the engine answers SQL or does not', () => {
  const options = clusterOptions()
  expect(options.map(({ flags, envVar }) => [flags, envVar])).toEqual([
    ['--catalogue <url>', 'TABLE_CATALOGUE'],
    ['--objects <url>', 'TABLE_OBJECTS'],
    ['--s3-endpoint <url>', 'TABLE_S3_ENDPOINT'],
    ['--engine <urls>', 'TABLE_ENGINE_ADDRESS'],
    ['--engine-sql [on|off]', 'TABLE_ENGINE_SQL'],
  ])
  expect(options.at(-1)).toMatchObject({ argChoices: ['on', 'off'], defaultValue: 'off', presetArg: 'on' })
})
