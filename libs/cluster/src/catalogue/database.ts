import { StorageError } from '@table/storage'
import pg from 'pg'
import { isUntrusted } from '../objects/certificate.ts'
import { Transient, withRetries } from '../objects/retry.ts'

/** Connections that are open at once: questions are short, and a catalogue serves many servers. */
const CONNECTIONS = 8
/** In ms. A connection that was cut is only noticed by its silence. */
const CONNECT_LIMIT = 5000
const QUERY_LIMIT = 12_000
/** A statement that nobody waits for any more ends, in ms. */
const STATEMENT_LIMIT = 60_000

/** Classes of SQLSTATE that pass: a lost connection, too few resources, a server that starts or stops, transactions in each other's way. */
const PASSING = /^(08|53|57P|40)/

/** Every whole number of the catalogue fits into a double. */
const INT8 = 20
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
}

/** A database of PostgreSQL. Every statement is tried again while the server cannot be reached, so each of them can be repeated. */
export class Database {
  readonly #pool: pg.Pool
  /** For messages: never the password. */
  readonly name: string

  /** `address`: `postgres://user@host:port/database`. A password may also come from `PGPASSWORD` or a password file. */
  constructor(address: string) {
    const url = addressOf(address)
    this.name = `${url.protocol}//${url.host}${url.pathname}`
    this.#pool = new pg.Pool({
      connectionString: address,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_LIMIT,
      query_timeout: QUERY_LIMIT,
      statement_timeout: STATEMENT_LIMIT,
      keepAlive: true,
      application_name: 'table-server',
      types: types as pg.CustomTypesConfig,
    })
    // An idle connection was lost: the next statement opens another one.
    this.#pool.on('error', ignore)
  }

  /** Returns the rows of a statement. Throws StorageError `unusable` if the catalogue cannot be reached for a while. */
  rows<Row>(sql: string, values: readonly unknown[] = [], signal?: AbortSignal): Promise<Row[]> {
    return this.#rows({ text: sql, values: [...values] }, signal)
  }

  /** The same for a function of the catalogue that is called often: each connection prepares the call once. */
  call<Row>(name: string, values: readonly unknown[]): Promise<Row[]> {
    const places = values.map((_, i) => `$${i + 1}`)
    return this.#rows({ name, text: `SELECT * FROM ${name}(${places})`, values: [...values] })
  }

  async #rows<Row>(statement: pg.QueryConfig, signal?: AbortSignal): Promise<Row[]> {
    try {
      return await withRetries(async () => {
        try {
          return (await this.#pool.query(statement)).rows as Row[]
        } catch (error) {
          throw isPassing(error) ? new Transient('the catalogue cannot be reached', { cause: error }) : error
        }
      }, signal)
    } catch (error) {
      throw this.#failed(error, signal)
    }
  }

  /** Runs statements one after the other in one transaction on one connection, once. */
  async transaction(
    work: (rows: <Row>(sql: string, values?: unknown[]) => Promise<Row[]>) => Promise<void>,
  ): Promise<void> {
    let client: pg.PoolClient | undefined
    let failure: unknown
    try {
      client = await this.#connect()
      const connected = client
      await connected.query('BEGIN')
      await work(
        async <Row>(sql: string, values?: unknown[]) => (await connected.query(sql, values)).rows as Row[],
      )
      await connected.query('COMMIT')
    } catch (error) {
      failure = error
      throw this.#failed(error)
    } finally {
      client?.off('error', ignore).release(failure !== undefined)
    }
  }

  /**
   * Does work while this connection alone holds the lock of this number; does nothing if another one holds it. The lock ends with the
   * connection.
   */
  async alone(lock: number, work: () => Promise<void>): Promise<boolean> {
    const client = await this.#connect()
    try {
      const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS mine', [lock])
      if (!rows[0].mine) return false
      await work()
      return true
    } finally {
      client.off('error', ignore).release(true)
    }
  }

  /**
   * Returns a connection, to be released. The pool does not listen to a connection that is in use, and an error that nobody listens to ends
   * the process; the next statement tells that the connection is lost.
   */
  async #connect(): Promise<pg.PoolClient> {
    return (await this.#pool.connect()).on('error', ignore)
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  #failed(error: unknown, signal?: AbortSignal): unknown {
    if (error instanceof StorageError) return error
    if (signal?.aborted)
      return new StorageError('cancelled', 'cancelled: nobody waits for the answer', { cause: error })
    const advice = isUntrusted(error) ? ': give its authority in sslrootcert, at the end of --catalogue' : ''
    return new StorageError('unusable', `the catalogue ${this.name}: ${(error as Error).message}${advice}`, {
      forClients: 'the catalogue does not answer as it should: try again later',
      cause: error,
    })
  }
}

const ignore = () => {}

/** Whether the same statement may work later. What PostgreSQL does not say is an error of the connection. */
function isPassing(error: unknown): boolean {
  return error instanceof pg.DatabaseError ? PASSING.test(error.code ?? '') : !isUntrusted(error)
}

function addressOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url && /^postgres(ql)?:$/.test(url.protocol) && url.pathname.length > 1) return url
  throw new StorageError(
    'unusable',
    '--catalogue: expected an address such as postgres://table@host/database',
  )
}
