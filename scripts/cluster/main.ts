// Starts a cluster on this machine: PostgreSQL, S3Proxy, Sail and two servers, each on a free port. Everything comes from package
// registries. Ctrl-C stops all of it and removes its data.
import { startParts } from './parts.ts'

const say = (text: string) => console.log(`cluster: ${text}`)
const wanted = new Promise<NodeJS.Signals>(resolve => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve)
})

say('starting PostgreSQL, S3Proxy and Sail')
const started = performance.now()
const parts = await startParts()
parts.store.bucket('table')
const catalogue = parts.postgres.database('table')
say(`started in ${((performance.now() - started) / 1000).toFixed(1)} s`)
say(`catalogue ${catalogue}`)
say(`objects   s3://table at ${parts.store.endpoint}`)
say(`engine    sc://127.0.0.1:${parts.engine.port}`)
say('Ctrl-C stops everything and removes its data')
await wanted
say('stopping')
await parts.close()
