import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, globSync, mkdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { freePort, type Part, ProcessPart } from './part.ts'

/** The user `nobody` of every Linux. */
const NOBODY = 65_534

/** A PostgreSQL server, whose only user is `table`, without a password and on the loopback interface alone. */
export interface Postgres extends Part {
  /** Creates a database if it does not exist. Returns its address. */
  database(name: string): string
}

/** Makes the data directory of a new PostgreSQL server. */
export async function makePostgres(directory: string): Promise<Postgres> {
  const programs = programsOfPostgres()
  if (programs === undefined)
    throw new Error('PostgreSQL is not installed: install the package postgresql-15')
  const port = await freePort()
  const user = process.getuid?.() === 0 ? ordinaryUser() : undefined
  mkdirSync(directory)
  if (user) chownSync(directory, user.uid, user.gid)
  execFileSync(
    join(programs, 'initdb'),
    ['--pgdata', directory, '--username=table', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], ...user },
  )
  const part = new ProcessPart({
    name: 'PostgreSQL',
    port,
    command: join(programs, 'postgres'),
    args: ['-D', directory, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', ''],
    user,
    ending: 'SIGINT', // ends the sessions; SIGTERM would wait for the clients
    ready: /database system is ready to accept connections/,
    // After a kill the processes of the sessions need a moment to notice.
    again: /pre-existing shared memory block|lock file .* already exists/,
  })
  return Object.assign(part, { database: (name: string) => createDatabase(port, name) })
}

/** Creates a database if it does not exist. Returns its address. */
export function createDatabase(port: number, name: string): string {
  const client = [
    '--host=127.0.0.1',
    `--port=${port}`,
    '--username=table',
    '--no-psqlrc',
    '--dbname=postgres',
  ]
  const sql = (statement: string) =>
    execFileSync('psql', [...client, '--tuples-only', '--command', statement], { encoding: 'utf8' })
  if (!sql(`SELECT 1 FROM pg_database WHERE datname = '${name}'`).trim()) sql(`CREATE DATABASE "${name}"`)
  return `postgres://table@127.0.0.1:${port}/${name}`
}

/** Returns the folder of PostgreSQL's programs: Debian keeps them beside the path, in a folder for each version. */
export function programsOfPostgres(): string | undefined {
  const debian = globSync('/usr/lib/postgresql/*/bin/postgres').sort().reverse()
  const path = (process.env.PATH ?? '').split(delimiter).map(folder => join(folder, 'postgres'))
  const found = [...debian, ...path].find(program => existsSync(program))
  return found && dirname(found)
}

/** PostgreSQL refuses to run as root. */
function ordinaryUser(): { uid: number; gid: number } {
  try {
    const id = (option: string) =>
      Number(
        execFileSync('id', [option, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      )
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return { uid: NOBODY, gid: NOBODY }
  }
}
