import { status as Status } from '@grpc/grpc-js'
import { log } from '@table/storage'
import { ServiceError } from '@table/table'
import { engineAddresses } from './address.ts'
import { Connection, PATIENCE_WITH_SQL, type Row } from './connection.ts'
import type { Dialect } from './dialects/dialect.ts'
import { engineOfVersion } from './dialects/version.ts'
import type { Engine, EngineQuery, EngineQuestion, EngineStats, EngineSum, EngineTable } from './engine.ts'
import { aggregatePlan } from './plan.ts'
import { countPlan, queryPlan } from './queryPlan.ts'
import { QuerySessions } from './querySessions.ts'
import { plansOf, type Read } from './reads.ts'
import { sqlError } from './sqlError.ts'

/** An engine that speaks Spark Connect. With several addresses, the next one answers when one fails. */
export class SparkConnect implements Engine {
  readonly #connections: Connection[]
  /** The connections in the order in which they are asked, the last one that answered first. */
  #order: Connection[]
  readonly #known = new Map<Connection, { dialect: Dialect; name: string }>()
  readonly #sessions = new QuerySessions()

  /** `addresses`: see `engineAddresses`. */
  constructor(addresses: string) {
    this.#connections = engineAddresses(addresses).map(address => new Connection(address))
    this.#order = this.#connections
  }

  async columnSum(question: EngineQuestion, signal: AbortSignal): Promise<EngineSum> {
    let [sum, rows] = [0n, 0]
    for (const reads of plansOf(question)) {
      const found = await this.#aggregate(question, reads, ['COUNT(1)'], signal)
      sum += found.sum
      rows += Number(found.values[0])
    }
    return { sum, rows }
  }

  async columnStats(question: EngineQuestion, signal: AbortSignal): Promise<EngineStats> {
    const stats: EngineStats = { sum: 0n, rows: 0, nulls: 0, min: undefined, max: undefined }
    const asked = ['COUNT(1)', 'COUNT(v)', 'MIN(v)', 'MAX(v)']
    for (const reads of plansOf(question)) {
      const { sum, values } = await this.#aggregate(question, reads, asked, signal)
      const [rows, present, min, max] = values
      stats.sum += sum
      stats.rows += Number(rows)
      stats.nulls += Number(rows) - Number(present)
      if (min != null && (stats.min === undefined || BigInt(min) < stats.min)) stats.min = BigInt(min)
      if (max != null && (stats.max === undefined || BigInt(max) > stats.max)) stats.max = BigInt(max)
    }
    return stats
  }

  async *query(query: EngineQuery, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const plan = queryPlan(query)
    const failures: string[] = []
    for (const connection of [...this.#order, this.#order[0] as Connection]) {
      const session = this.#sessions.take(connection)
      let state: 'prepared' | 'asked' | 'answered' = 'prepared'
      try {
        await session.connection.prepare(signal)
        await this.#engineAt(connection, signal)
        state = 'asked'
        for await (const stream of session.connection.follow(plan, signal, PATIENCE_WITH_SQL)) {
          state = 'answered'
          yield stream
        }
        this.#putFirst(connection)
        session.isFree = true
        return
      } catch (error) {
        if (signal.aborted) throw new ServiceError('cancelled', 'the query was cancelled', { cause: error })
        if (error instanceof ServiceError) throw error
        const refused = state === 'prepared' ? undefined : sqlError(error)
        session.isFree = refused !== undefined
        if (refused) throw refused
        this.#failed(connection, error, failures)
        if (state === 'answered') break
      } finally {
        this.#sessions.release(session)
      }
    }
    throw unavailable(failures)
  }

  async rowCount(table: EngineTable, signal: AbortSignal): Promise<number> {
    if (table.lists.length === 0) return 0
    return this.#ask(async connection => {
      await connection.prepare(signal)
      const [[rows] = []] = await connection.execute(countPlan(table), signal, PATIENCE_WITH_SQL)
      return Number(rows ?? Number.NaN)
    }, signal)
  }

  version(signal: AbortSignal): Promise<string> {
    return this.#ask(async connection => (await this.#engineAt(connection, signal)).name, signal)
  }

  close(): void {
    this.#sessions.close()
    for (const connection of this.#connections) connection.close()
  }

  #putFirst(connection: Connection): void {
    this.#order = [connection, ...this.#connections.filter(other => other !== connection)]
  }

  #failed(connection: Connection, error: unknown, failures: string[]): void {
    this.#known.delete(connection)
    connection.renew()
    failures.push(`${connection.address.text}: ${shortened(error)}`)
  }

  /** Returns the sum and the values of the expressions over all values of the column. */
  async #aggregate(
    question: EngineQuestion,
    reads: readonly Read[],
    expressions: readonly string[],
    signal: AbortSignal,
  ) {
    return this.#ask(async connection => {
      await connection.prepare(signal)
      const { dialect } = await this.#engineAt(connection, signal)
      const asked = [...dialect.sum.map(({ expression }) => expression), ...expressions]
      const texts = asked.map(expression => `CAST(${expression} AS STRING)`)
      const [row, ...others] = await connection.execute(
        aggregatePlan(question, reads, texts, dialect),
        signal,
      )
      if (row?.length !== asked.length || others.length > 0)
        throw new Error(`found ${JSON.stringify(row)}, expected one row of ${asked.length} values`)
      const sum = dialect.sum.reduce((total, { weight }, i) => total + weight * BigInt(row[i] ?? 0), 0n)
      return { sum, values: row.slice(dialect.sum.length) as Row }
    }, signal)
  }

  /** What runs at an address. */
  async #engineAt(connection: Connection, signal: AbortSignal) {
    const known = this.#known.get(connection)
    if (known) return known
    const [row] = await connection.execute({ sql: { query: 'SELECT version()' } }, signal)
    const found = engineOfVersion(row?.[0] ?? '')
    this.#known.set(connection, found)
    return found
  }

  /**
   * Asks one connection after the other until one answers. The first one is asked again at the end: it may have lost the connection to an
   * engine that was started again.
   */
  async #ask<T>(question: (connection: Connection) => Promise<T>, signal: AbortSignal): Promise<T> {
    const failures: string[] = []
    for (const connection of [...this.#order, this.#order[0] as Connection]) {
      try {
        const answer = await question(connection)
        this.#putFirst(connection)
        return answer
      } catch (error) {
        if (signal.aborted) throw new ServiceError('cancelled', 'the sum was cancelled', { cause: error })
        if (error instanceof ServiceError) throw error
        this.#failed(connection, error, failures)
      }
    }
    throw unavailable(failures)
  }
}

/** Makes the error for a client, and tells the operator why. */
function unavailable(failures: readonly string[]): ServiceError {
  // gRPC tells of a certificate that is not trusted only in words.
  const advice = /certificate/.test(failures.join()) ? ': give its authority in NODE_EXTRA_CA_CERTS' : ''
  log.error(`the engine does not answer: ${failures.join('; ')}${advice}`)
  return new ServiceError('unavailable', 'the engine cannot answer now: try again later')
}

/** What an error says, in one line without what stands behind a stack. */
function shortened(error: unknown): string {
  const { code, details, message } = error as { code?: number; details?: string; message?: string }
  const [line = ''] = (details || message || String(error)).split('\n')
  return `${code === undefined ? '' : `${Status[code]}: `}${line.slice(0, 300)}`
}
