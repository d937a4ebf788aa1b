import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'
import type { Ledger } from './ledger.ts'
import type { Measurements } from './measurements.ts'
import type { SoakServer } from './server.ts'

type Format = 'csv' | 'parquet'
const formats: readonly Format[] = ['csv', 'parquet']

/** For a call, in ms; it waits for a server that is being started. */
const DEADLINE = 60_000

/** Only these uploads have the column `reference`: its sum costs the same, however large the table has become. */
const REFERENCE_UPLOADS = 8
const REFERENCE_ROWS = 50_000
const REFERENCE_TOTAL = BigInt(REFERENCE_UPLOADS * REFERENCE_ROWS * 7)

/** Asks for sums with a stock gRPC client, over one channel that outlives the server. */
export class SumAsker {
  readonly #server: SoakServer
  readonly #ledger: Ledger
  readonly #measurements: Measurements
  readonly #client: TableClient

  constructor(server: SoakServer, ledger: Ledger, measurements: Measurements) {
    this.#server = server
    this.#ledger = ledger
    this.#measurements = measurements
    this.#client = new TableClient(`localhost:${server.port}`, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
    })
  }

  /** Before anything else is uploaded, and before the server is stopped. */
  async uploadReference(): Promise<void> {
    const csvData = Buffer.from(
      `reference,row\n${Array.from({ length: REFERENCE_ROWS }, (_, i) => `7,${i}\n`).join('')}`,
    )
    for (let i = 0; i < REFERENCE_UPLOADS; i++) {
      const acknowledge = this.#ledger.begin(0n)
      await new Promise<void>((resolve, reject) => {
        this.#client.upload({ csvData }, (failure, response) =>
          failure || response.error ? reject(failure ?? new Error(response.error)) : resolve(),
        )
      })
      acknowledge()
    }
  }

  /** The same in both formats. */
  async checkReference(): Promise<void> {
    for (const format of formats) {
      const start = performance.now()
      const total = await this.#sum('reference', format)
      if (total !== REFERENCE_TOTAL)
        throw new Error(`the ${format} sum of reference is ${total}, expected ${REFERENCE_TOTAL}`)
      this.#measurements.took(`${format} sum`, start, this.#server)
    }
  }

  /** The sum over everything, in both formats. */
  async checkAll(): Promise<void> {
    for (const format of formats) {
      const check = this.#ledger.askSum()
      check(await this.#sum('amount', format))
    }
  }

  /** Asks again if the server was stopped meanwhile. */
  async #sum(column: string, format: Format): Promise<bigint> {
    for (;;) {
      const start = performance.now()
      try {
        return await this.#ask(column, format)
      } catch (failure) {
        const stopped = (failure as ServiceError).code === status.UNAVAILABLE && this.#server.wasDown(start)
        if (!stopped) throw failure
      }
    }
  }

  #ask(column: string, format: Format): Promise<bigint> {
    const options = { deadline: Date.now() + DEADLINE }
    return new Promise((resolve, reject) => {
      this.#client.colSum(
        { column, format },
        new Metadata({ waitForReady: true }),
        options,
        (failure, response) =>
          failure || response.error ? reject(failure ?? new Error(response.error)) : resolve(response.total),
      )
    })
  }
}
