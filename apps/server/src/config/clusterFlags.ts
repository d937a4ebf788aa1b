import { Option } from 'commander'

/** The parts of a cluster, as the flags say. */
export interface ClusterFlags {
  catalogue: string
  objects: string
  s3Endpoint: string | undefined
  engine: string
  engineSql: 'on' | 'off'
}

/** What the flags may have. */
export type GivenClusterFlags = Partial<ClusterFlags>

export function clusterOptions(): Option[] {
  const part = (flag: string, variable: string, what: string) => new Option(flag, what).env(variable)
  return [
    part(
      '--catalogue <url>',
      'TABLE_CATALOGUE',
      'in a cluster: the database, such as postgres://table@db/table',
    ),
    part('--objects <url>', 'TABLE_OBJECTS', 'in a cluster: where the files are, such as s3://bucket/prefix'),
    part(
      '--s3-endpoint <url>',
      'TABLE_S3_ENDPOINT',
      "in a cluster: the address of the object store; Amazon's if not given",
    ),
    part(
      '--engine <urls>',
      'TABLE_ENGINE_ADDRESS',
      'in a cluster: what sums, such as sc://one:50051,sc://two:50051',
    ),
    new Option(
      '--engine-sql [on|off]',
      'in a cluster: SQL, which may do whatever the engine may do; read docs/cluster.md first',
    )
      .env('TABLE_ENGINE_SQL')
      .default('off')
      .preset('on')
      .choices(['on', 'off']),
  ]
}

/** Returns the parts of a cluster, undefined if there is none. */
export function clusterOf({
  catalogue,
  objects,
  s3Endpoint,
  engine,
  engineSql = 'off',
}: GivenClusterFlags): ClusterFlags | undefined {
  return catalogue !== undefined && objects !== undefined && engine !== undefined
    ? { catalogue, objects, s3Endpoint, engine, engineSql }
    : undefined
}

/** Returns what is wrong with the flags of a cluster, undefined if nothing is. `args`: the command line. */
export function clusterProblem(
  { catalogue, objects, s3Endpoint, engine, engineSql }: GivenClusterFlags,
  args: readonly string[],
): string | undefined {
  const parts = { '--catalogue': catalogue, '--objects': objects, '--engine': engine }
  const names = Object.keys(parts)
  const missing = Object.entries(parts).flatMap(([name, value]) => (value === undefined ? [name] : []))
  if (missing.length > 0 && missing.length < names.length)
    return `${names.join(', ')} go together: ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing`
  if (s3Endpoint !== undefined && objects === undefined) return '--s3-endpoint needs --objects'
  if (engineSql === 'on' && engine === undefined) return '--engine-sql needs --engine'
  if (catalogue !== undefined && hasPassword(catalogue) && args.some(arg => arg.includes(catalogue)))
    return '--catalogue has a password, which everybody on this machine can read: give it in PGPASSWORD, PGPASSFILE or TABLE_CATALOGUE'
  if (engine?.includes(';token=') && args.some(arg => arg.includes(engine)))
    return '--engine has a token, which everybody on this machine can read: give it in TABLE_ENGINE_ADDRESS'
  return undefined
}

function hasPassword(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { password, searchParams } = new URL(address)
  return password !== '' || searchParams.has('password')
}
