import { connectivityState, credentials, type ServiceError } from '@grpc/grpc-js'
import { type ColSumReq, type ColSumResp, TableClient } from '@table/proto'
import type { Address } from './address.ts'
import { CONNECT_LIMIT } from './connection.ts'
import { CliError, oneLine, UnreachableError } from './errors.ts'
import { statusError } from './status.ts'

export type Format = 'csv' | 'parquet'

export interface Sum {
  total: bigint
  /** Of the call alone, without connecting. */
  milliseconds: number
}

/** Asks the server for the sum of a column. Throws CliError with the server's own message if it refuses. */
export async function columnSum(address: Address, column: string, format: Format): Promise<Sum> {
  // Uploads go straight to the server, so sums do, whatever proxy the environment names.
  const client = new TableClient(address.name, credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 })
  try {
    await connected(client, address)
    const start = performance.now()
    const { total, error } = await colSum(client, address, { column, format })
    if (error !== '') throw new CliError(oneLine(error))
    return { total, milliseconds: performance.now() - start }
  } finally {
    client.close()
  }
}

/** `waitForReady` would go on trying an address that refuses; this takes the first refusal for an answer. */
async function connected(client: TableClient, { name }: Address): Promise<void> {
  const channel = client.getChannel()
  const deadline = Date.now() + CONNECT_LIMIT
  for (;;) {
    const state = channel.getConnectivityState(true)
    if (state === connectivityState.READY) return
    if (state === connectivityState.TRANSIENT_FAILURE) throw new UnreachableError(name)
    await new Promise<void>((resolve, reject) => {
      channel.watchConnectivityState(state, deadline, late => {
        if (late) reject(new UnreachableError(name, { cause: late }))
        else resolve()
      })
    })
  }
}

function colSum(client: TableClient, address: Address, request: ColSumReq): Promise<ColSumResp> {
  return new Promise((resolve, reject) => {
    client.colSum(request, (error: ServiceError | null, response) => {
      if (error) reject(statusError(address, error.code, error.details))
      else resolve(response)
    })
  })
}
