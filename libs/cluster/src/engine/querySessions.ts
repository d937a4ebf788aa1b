import { Connection } from './connection.ts'

export interface QuerySession {
  connection: Connection
  /** Who leads to the same engine. */
  to: Connection
  isFree: boolean
}

/** Sessions for queries, each for one query at a time: Spark keeps the tables of a query in its session. */
export class QuerySessions {
  readonly #sessions = new Set<QuerySession>()

  /** Returns a session of the engine that a connection leads to. The caller frees or drops it. */
  take(to: Connection): QuerySession {
    const free = Array.from(this.#sessions).find(session => session.isFree && session.to === to)
    const session = free ?? { to, connection: new Connection(to.address), isFree: false }
    session.isFree = false
    this.#sessions.add(session)
    return session
  }

  /** Ends a session unless the next query can have it. */
  release(session: QuerySession): void {
    if (session.isFree) return
    this.#sessions.delete(session)
    session.connection.close()
  }

  close(): void {
    for (const { connection } of this.#sessions) connection.close()
  }
}
