import { isatty } from 'node:tty'
import { StorageError, shortageOf } from '@table/storage'
import { within } from './admission/within.ts'
import { accessWarning, readAccess, readCertificates } from './auth/access.ts'
import type { Sites } from './auth/sites.ts'
import { clusterOf } from './config/clusterFlags.ts'
import { type Flags, readFlags } from './config/flags.ts'
import { type Limits, limitsOf } from './config/limits.ts'
import { checkOpenFiles } from './config/openFiles.ts'
import { StartError } from './config/startError.ts'
import { log, written } from './observe/log.ts'
import { openTracing } from './observe/tracing.ts'
import type { RunningServer } from './server.ts'
import { version } from './version.ts'

/**
 * In ms. The terminal sends Ctrl-C to the server and to `npm`, which passes a copy on. A copy within this
 * time does not count as a second signal.
 */
const SIGNAL_COPY = 1000

/** How long the last lines may take to be read, in ms. */
const LOG_LIMIT = 500

/** Starts the server as the flags and the environment say. Sets the exit code if the server does not start. */
export async function run(): Promise<void> {
  const flags = readFlags(version)
  if (!flags) return
  log.level = flags.logLevel
  const { host, port, dataDir, workers } = flags
  const hosts = host === undefined ? ['127.0.0.1', '::1'] : [host]
  const limits = limitsOf(flags)
  process.on('SIGHUP', () => {}) // certificates that were not read yet need no second reading
  try {
    checkOpenFiles(workers)
    const access = readAccess(flags)
    const http = sitesOf(flags)
    // What is wrong with the flags is said before the server is loaded.
    const { startServer } = await import('./server.ts')
    const tracing = await openTracing(version)
    const cluster = clusterOf(flags)
    const server = await startServer({
      hosts,
      port,
      dataDir,
      workers,
      cluster,
      access,
      http,
      limits,
      tracing,
    })
    actOnSignals(server, flags)
    sayStart(server, flags, limits)
    const warning = accessWarning(server.addresses, flags)
    if (warning) log.warn(warning)
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

/** Says what runs, and what is open to whom. */
function sayStart({ addresses, port, uploads }: RunningServer, flags: Flags, limits: Limits): void {
  const { dataDir, workers, tlsCert, tlsClientCa, tokenFile, http, allowHost, allowOrigin } = flags
  const encryption = tlsCert === undefined ? 'plain text' : 'TLS'
  const callers = [
    ...(tlsClientCa === undefined ? [] : ['with a certificate']),
    ...(tokenFile === undefined ? [] : ['with a token']),
  ]
  const access = `${encryption}, everybody ${callers.join(' and ')}`.trim()
  const names = { http, allow_host: allowHost, allow_origin: allowOrigin }
  log.info(
    { version, data_dir: dataDir, uploads, addresses, port, access, ...names, workers, limits },
    'the server starts',
  )
}

function actOnSignals(server: RunningServer, flags: Flags): void {
  let stoppingSince = 0
  const stop = async () => {
    stoppingSince = Date.now()
    await server.stop()
    log.info('the server has stopped')
    await within(LOG_LIMIT, written())
    process.exit(0)
  }
  const onSignal = (_name: string, number: number) => {
    if (stoppingSince === 0) void stop()
    else if (Date.now() - stoppingSince > SIGNAL_COPY) process.exit(128 + number)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  const hadTerminal = isatty(0)
  process.removeAllListeners('SIGHUP').on('SIGHUP', (name: string, number: number) => {
    // A terminal that is closed ends what was started on it.
    if (hadTerminal && !isatty(0)) onSignal(name, number)
    else void reload(server, flags)
  })
}

/** Reads the certificates and tokens again. If a file cannot be used, what was read before stays in force. */
async function reload(server: RunningServer, flags: Flags): Promise<void> {
  try {
    const tls = readCertificates(flags)
    await server.renew(tls)
    log.info(
      tls ? 'certificates read again, new connections get them' : 'there are no certificates to read again',
    )
  } catch (error) {
    log.warn(`${(error as Error).message}: the certificates that were read before stay in force`)
  }
}
