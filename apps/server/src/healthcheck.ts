// Exits 0 if the server on this machine answers a sum, 1 if not. For the image's HEALTHCHECK.
import { randomUUID } from 'node:crypto'
import { credentials, Metadata } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'

const target = `localhost:${process.env.TABLE_PORT ?? 5440}`
const client = new TableClient(target, credentials.createInsecure())

// A column that no upload has: the answer must be 0, without reading a file.
const request = { column: `healthcheck-${randomUUID()}`, format: 'parquet' }
client.colSum(request, new Metadata(), { deadline: Date.now() + 2000 }, (failure, response) => {
  const problem = failure?.message ?? response.error
  if (problem) console.error(`${target} is not healthy: ${problem}`)
  process.exit(problem ? 1 : 0)
})
