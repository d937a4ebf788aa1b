import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'

/** A server on this machine. */
export interface Target {
  port: number
  /** The certificate of the authority of a server with TLS. */
  ca?: string
  /** The token for a server with tokens. */
  token?: string
}

/** What a healthy client experienced. */
export interface Health {
  /** The ms of each finished round, from its first attempt on. */
  ms: number[]
  /** Rounds that took more than one attempt. */
  repeated: number
  failures: string[]
}

/** The pause between two rounds, in ms. */
const PAUSE = 20
/** The deadline of a call, in ms. */
const DEADLINE = 60_000

/** The wait before an UNAVAILABLE call is tried again, in ms. */
const WAIT = 100

let columns = 0

/**
 * Uploads a small table and sums it, over a new connection each time, until `until` is done, and once more
 * after that. Calls that are UNAVAILABLE are tried again, as table-cli does.
 */
export async function stayHealthy(target: Target, until: Promise<unknown>): Promise<Health> {
  const health: Health = { ms: [], repeated: 0, failures: [] }
  let last = false
  void until.finally(() => {
    last = true
  })
  for (;;) {
    const ends = last
    const start = performance.now()
    const column = `healthy${columns++}` // a sum of it reads one upload, however many there are
    const uploadId = randomUUID()
    for (let attempt = 1; ; attempt++) {
      try {
        await round(target, column, uploadId)
        health.ms.push(performance.now() - start)
        if (attempt > 1) health.repeated++
        break
      } catch (failure) {
        const { code, message } = failure as ServiceError
        if (code !== status.UNAVAILABLE) {
          health.failures.push(message)
          break
        }
        await pause(WAIT)
      }
    }
    if (ends) return health
    await pause(PAUSE)
  }
}

async function round({ port, ca, token }: Target, column: string, uploadId: string): Promise<void> {
  const channel = ca ? credentials.createSsl(Buffer.from(ca)) : credentials.createInsecure()
  const client = new TableClient(`${ca ? 'localhost' : '127.0.0.1'}:${port}`, channel, {
    'grpc.use_local_subchannel_pool': 1,
  })
  try {
    const options = { deadline: Date.now() + DEADLINE }
    const metadata = new Metadata()
    metadata.set('upload-id', uploadId)
    const authorization = new Metadata()
    if (token) {
      for (const headers of [metadata, authorization]) headers.set('authorization', `Bearer ${token}`)
    }
    const csvData = Buffer.from(`${column}\n20\n22\n`)
    await new Promise<void>((resolve, reject) => {
      client.upload({ csvData }, metadata, options, (failure, response) =>
        failure || response.error ? reject(failure ?? new Error(response.error)) : resolve(),
      )
    })
    const total = await new Promise<bigint>((resolve, reject) => {
      client.colSum({ column, format: 'parquet' }, authorization, options, (failure, response) =>
        failure || response.error ? reject(failure ?? new Error(response.error)) : resolve(response.total),
      )
    })
    if (total !== 42n) throw new Error(`the sum of ${column} is ${total}, expected 42`)
  } finally {
    client.close()
  }
}
