// Exits 0 if the server on this machine answers, 1 if not. For the image's HEALTHCHECK, which knows the server's
// variables and has neither token nor certificate: where one of them is wanted, being asked for it is the answer.
import { randomUUID } from 'node:crypto'
import { connect } from 'node:tls'
import { credentials, Metadata, status } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'

/** Milliseconds. */
const LIMIT = 2000

const { TABLE_PORT = '5440', TABLE_TLS_CERT, TABLE_TLS_CLIENT_CA, TABLE_TOKEN_FILE } = process.env
const target = `localhost:${TABLE_PORT}`
// Whether the server is the right one is not the question, and its certificate is for its name in the network.
const anyCertificate = { rejectUnauthorized: false }

if (TABLE_TLS_CLIENT_CA === undefined) askForSum()
else shakeHands()

/** The sum of a column that no upload has: the answer must be 0, without reading a file. */
function askForSum(): void {
  const channel =
    TABLE_TLS_CERT === undefined
      ? credentials.createInsecure()
      : credentials.createSsl(null, null, null, anyCertificate)
  const client = new TableClient(target, channel)
  const request = { column: `healthcheck-${randomUUID()}`, format: 'parquet' }
  client.colSum(request, new Metadata(), { deadline: Date.now() + LIMIT }, (failure, response) => {
    if (TABLE_TOKEN_FILE !== undefined && failure?.code === status.UNAUTHENTICATED) end()
    else end(failure?.message ?? response.error)
  })
}

/** In TLS 1.3 the client is through before the server looks at its certificate. */
function shakeHands(): void {
  const options = { port: Number(TABLE_PORT), ALPNProtocols: ['h2'], minVersion: 'TLSv1.3' as const }
  const socket = connect({ host: 'localhost', ...options, ...anyCertificate }, () => end())
  socket.on('error', error => end(error.message))
  setTimeout(() => end('it does not answer'), LIMIT)
}

function end(problem = ''): void {
  if (problem) console.error(`${target} is not healthy: ${problem}`)
  process.exit(problem ? 1 : 0)
}
