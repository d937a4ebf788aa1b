import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'

/** What a healthy client met: the ms of each round that was answered, and what else it got. */
export interface Health {
  ms: number[]
  failures: string[]
}

/** Between two rounds, in ms. */
const PAUSE = 20
/** For a call, in ms. */
const DEADLINE = 60_000

let columns = 0

/** Uploads a small table and sums it, from a new connection each time, until `until` is done, and once more. */
export async function stayHealthy(port: number, until: Promise<unknown>): Promise<Health> {
  const health: Health = { ms: [], failures: [] }
  let last = false
  void until.finally(() => {
    last = true
  })
  for (;;) {
    const ends = last
    try {
      health.ms.push(await round(port))
    } catch (failure) {
      health.failures.push((failure as ServiceError).message)
    }
    if (ends) return health
    await new Promise(resolve => setTimeout(resolve, PAUSE))
  }
}

/** A column of its own, so that a sum reads one upload however many there are. */
async function round(port: number): Promise<number> {
  const column = `healthy${columns++}`
  const start = performance.now()
  const client = new TableClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  })
  try {
    const options = { deadline: Date.now() + DEADLINE }
    const csvData = Buffer.from(`${column}\n20\n22\n`)
    await new Promise<void>((resolve, reject) => {
      client.upload({ csvData }, new Metadata(), options, (failure, response) =>
        failure || response.error ? reject(failure ?? new Error(response.error)) : resolve(),
      )
    })
    const total = await new Promise<bigint>((resolve, reject) => {
      client.colSum({ column, format: 'parquet' }, new Metadata(), options, (failure, response) =>
        failure || response.error ? reject(failure ?? new Error(response.error)) : resolve(response.total),
      )
    })
    if (total !== 42n) throw new Error(`the sum of ${column} is ${total}, expected 42`)
  } finally {
    client.close()
  }
  return performance.now() - start
}
