// Starts a cluster on this machine: PostgreSQL, S3Proxy, Sail and two servers, each on a free port. Everything comes from package
// registries. Ctrl-C stops all of it and removes its data.
import { startParts } from './parts.ts'

const SERVERS = 2

const say = (text: string) => console.log(`cluster: ${text}`)
// npm passes on the signal that a terminal has sent to us already: the second one must not end us before the parts have ended.
const stopWanted = new Promise<void>(resolve => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
})

say(`starting PostgreSQL, S3Proxy, Sail and ${SERVERS} servers`)
const started = performance.now()
const { deployment, startServer, close } = await startParts()
try {
  const { catalogue, objects, store, engine } = deployment
  const servers = await Promise.all(Array.from({ length: SERVERS }, (_, i) => startServer(`server ${i + 1}`)))
  say(`catalogue ${catalogue}`)
  say(`objects   ${objects} at ${store.endpoint}`)
  say(`engine    ${engine}`)
  for (const { name, port } of servers) say(`${name}  http://localhost:${port}, gRPC localhost:${port}`)
  say(
    `started in ${((performance.now() - started) / 1000).toFixed(1)} s; Ctrl-C stops everything and removes its data`,
  )
  await stopWanted
  say('stopping')
} finally {
  await close()
}
