import { randomUUID } from 'node:crypto'
import { getCACertificates } from 'node:tls'
import { type CallOptions, credentials, Metadata } from '@grpc/grpc-js'
import {
  type ExecutePlanResponse,
  type InterruptRequest,
  InterruptRequest_InterruptType,
  type Relation,
  SparkConnectServiceClient,
} from '@table/proto/spark'
import { RecordBatchReader } from 'apache-arrow'
import type { EngineAddress } from './address.ts'

/** Every ms in which a plan is under way, the engine is asked whether it is still there. */
const PULSE = 5000
/** The ms that an engine may take for what is no work. */
const PATIENCE = 10_000
/** The same while a query of a client is under way, which may keep all cores busy. */
export const PATIENCE_WITH_SQL = 60_000
/** The most bytes of a part of an answer. Engines make a part of some thousand rows, however long they are. */
const PART_BYTES = 64 * 1024 * 1024

const userContext = { userId: 'table', userName: 'table' }

/** The rows of an answer, each value as text; null where there is none. */
export type Row = readonly (string | null)[]

/** An engine at one address. Errors are those of gRPC. */
export class Connection {
  readonly address: EngineAddress
  readonly #client: SparkConnectServiceClient
  readonly #metadata = new Metadata()
  #sessionId = randomUUID()

  constructor(address: EngineAddress) {
    this.address = address
    const channel = address.tls
      ? credentials.createSsl(Buffer.from(getCACertificates('default').join('\n')))
      : credentials.createInsecure()
    this.#client = new SparkConnectServiceClient(`${address.host}:${address.port}`, channel, {
      // An engine that was started again is found at once.
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
      'grpc.max_receive_message_length': PART_BYTES,
    })
    if (address.token !== undefined) this.#metadata.set('authorization', `Bearer ${address.token}`)
  }

  /** Makes the engine tell names apart by case and show times in UTC, which an engine that was started again has forgotten. */
  prepare(signal: AbortSignal, patience = PATIENCE): Promise<void> {
    const pairs = [
      { key: 'spark.sql.caseSensitive', value: 'true' },
      { key: 'spark.sql.session.timeZone', value: 'UTC' },
    ]
    const request = { ...this.#session, operation: { set: { pairs } } }
    return new Promise((resolve, reject) => {
      const call = this.#client.config(request, this.#metadata, soon(patience), error => {
        signal.removeEventListener('abort', cancel)
        if (error) reject(error)
        else resolve()
      })
      const cancel = () => call.cancel()
      signal.addEventListener('abort', cancel)
      if (signal.aborted) cancel()
    })
  }

  /** Follows a plan whose values are texts. An abortion of the signal stops the engine, too. */
  async execute(root: Relation, signal: AbortSignal, patience = PATIENCE): Promise<Row[]> {
    const rows: Row[] = []
    for await (const stream of this.follow(root, signal, patience)) rows.push(...rowsOf(stream))
    return rows
  }

  /** Follows a plan, and yields Arrow IPC streams as they come. The engine stops if the signal is aborted, or if nobody takes the rest. */
  async *follow(
    root: Relation,
    signal: AbortSignal,
    patience = PATIENCE,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const operationId = randomUUID()
    const session = this.#session
    const request = { ...session, plan: { root }, operationId, clientType: 'table' }
    const ended = new AbortController()
    const call = this.#client.executePlan(request, this.#metadata)
    const cancel = () => {
      call.cancel()
      this.#interrupt({ ...session, operationId })
    }
    signal.addEventListener('abort', cancel, { signal: ended.signal })
    const look = () => this.prepare(ended.signal, patience).catch(error => call.destroy(error))
    const pulse = setInterval(look, PULSE)
    let isOver = false
    try {
      if (signal.aborted) cancel()
      for await (const { arrowBatch } of call as AsyncIterable<ExecutePlanResponse>)
        if (arrowBatch) yield arrowBatch.data
      isOver = true
    } catch (error) {
      isOver = true
      throw error
    } finally {
      if (!isOver) cancel()
      clearInterval(pulse)
      ended.abort()
    }
  }

  /** Begins another session: Spark ends one that nobody has used for an hour, and never takes its id again. */
  renew(): void {
    this.#sessionId = randomUUID()
  }

  close(): void {
    this.#client.releaseSession(this.#session, this.#metadata, soon(), () => this.#client.close())
  }

  get #session() {
    return { sessionId: this.#sessionId, userContext }
  }

  /** Stops an operation. Nobody waits for that. */
  #interrupt(operation: Pick<InterruptRequest, 'sessionId' | 'userContext' | 'operationId'>): void {
    const interruptType = InterruptRequest_InterruptType.INTERRUPT_TYPE_OPERATION_ID
    this.#client.interrupt({ ...operation, interruptType }, this.#metadata, soon(), () => {})
  }
}

function soon(patience = PATIENCE): CallOptions {
  return { deadline: Date.now() + patience }
}

function rowsOf(stream: Uint8Array): Row[] {
  return [...RecordBatchReader.from(stream)].flatMap(batch =>
    batch.toArray().map(row => Array.from(row, ([, value]) => (value === null ? null : String(value)))),
  )
}
