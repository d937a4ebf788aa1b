import { join } from 'node:path'
import { environmentOfSail } from './install.ts'
import { freePort, type Part, ProcessPart } from './part.ts'

/** Makes a Sail that reads the objects of an S3 store. Its `local-cluster` divides work among workers, as a cluster of Sail does. */
export async function makeSail(store: {
  endpoint: string
  credentials: Record<string, string>
}): Promise<Part> {
  const port = await freePort()
  return new ProcessPart({
    name: 'Sail',
    port,
    command: join(environmentOfSail, 'bin/sail'),
    args: ['spark', 'server', '--ip', '127.0.0.1', '--port', String(port)],
    env: {
      SAIL_MODE: 'local-cluster',
      AWS_ENDPOINT: store.endpoint,
      AWS_ALLOW_HTTP: 'true',
      AWS_VIRTUAL_HOSTED_STYLE_REQUEST: 'false',
      ...store.credentials,
    },
  })
}
