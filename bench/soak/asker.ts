import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'
import type { SoakServer } from './server.ts'

export type Format = 'csv' | 'parquet'
export const formats: readonly Format[] = ['csv', 'parquet']

/** The deadline of a call, in ms. It leaves time for a server that is just starting. */
const DEADLINE = 60_000

/** A stock gRPC client over one channel, which outlives the server. */
export class Asker {
  readonly #server: SoakServer
  readonly #client: TableClient

  constructor(server: SoakServer) {
    this.#server = server
    this.#client = new TableClient(`localhost:${server.port}`, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1000,
    })
  }

  /** Uploads. Call this only while the server is not being stopped. */
  upload(csvData: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#client.upload({ csvData }, (failure, response) =>
        failure || response.error ? reject(failure ?? new Error(response.error)) : resolve(),
      )
    })
  }

  /** Sums a column. Asks again if the server was stopped meanwhile. */
  async sum(column: string, format: Format): Promise<bigint> {
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
