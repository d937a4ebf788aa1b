import { StorageError, shortageOf } from '@table/storage'
import { accessWarning, readAccess } from './auth/access.ts'
import type { Sites } from './auth/sites.ts'
import { type Flags, readFlags } from './config/flags.ts'
import { limitsOf } from './config/limits.ts'
import { checkOpenFiles } from './config/openFiles.ts'
import { StartError } from './config/startError.ts'
import { type RunningServer, startServer } from './server.ts'

/**
 * In ms. The terminal sends Ctrl-C to the server and to `npm`, which passes a copy on. A copy within this
 * time does not count as a second signal.
 */
const SIGNAL_COPY = 1000

/** Starts the server as the flags and the environment say. Sets the exit code if the server does not start. */
export async function run(): Promise<void> {
  const flags = readFlags()
  if (!flags) return
  const { host, port, dataDir, workers, ...others } = flags
  const hosts = host === undefined ? ['127.0.0.1', '::1'] : [host]
  try {
    checkOpenFiles(workers)
    const server = await startServer({
      hosts,
      port,
      dataDir,
      workers,
      access: readAccess(others),
      http: sitesOf(flags),
      limits: limitsOf({ ...others }),
    })
    stopOnSignals(server)
    const warning = accessWarning(server.addresses, others)
    if (warning) console.error(warning)
    console.log(`listening on ${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`)
  } catch (error) {
    const known = error instanceof StorageError || error instanceof StartError ? error : shortageOf(error)
    if (!known) throw error
    console.error(`error: ${known.message}`)
    process.exitCode = 1
  }
}

/** The address to listen on may be a name, too. */
function sitesOf({ http, host, allowHost, allowOrigin }: Flags): Sites | 'off' {
  if (http === 'off') return 'off'
  return { hosts: host === undefined ? allowHost : [...allowHost, host.toLowerCase()], origins: allowOrigin }
}

function stopOnSignals(server: RunningServer): void {
  let stoppingSince = 0
  const onSignal = (_name: string, number: number) => {
    if (stoppingSince === 0) {
      stoppingSince = Date.now()
      void server.stop().then(() => process.exit(0))
    } else if (Date.now() - stoppingSince > SIGNAL_COPY) process.exit(128 + number)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
