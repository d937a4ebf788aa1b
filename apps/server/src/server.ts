import type { Socket } from 'node:net'
import { setLog } from '@table/storage'
import { Admission } from './admission/admission.ts'
import { listen } from './admission/listen.ts'
import { byProtocol } from './admission/protocols.ts'
import { within } from './admission/within.ts'
import { type Access, openAccess } from './auth/access.ts'
import type { Sites } from './auth/sites.ts'
import type { TlsOptions } from './auth/tls.ts'
import type { ClusterFlags } from './config/clusterFlags.ts'
import { defaultLimits, type Limits } from './config/limits.ts'
import { GrpcServer } from './grpc/grpcServer.ts'
import { methods } from './grpc/methods.ts'
import { WholeMessages } from './grpc/wholeMessage.ts'
import { HttpServer } from './http/httpServer.ts'
import { nameOf, route } from './http/router.ts'
import { routes } from './http/routes.ts'
import { log } from './observe/log.ts'
import { Metrics } from './observe/metrics.ts'
import { Observer } from './observe/observer.ts'
import type { Tracing } from './observe/tracing.ts'
import { version } from './version.ts'
import { LocalTable } from './workers/localTable.ts'
import type { ServedTable } from './workers/servedTable.ts'

/** How long running calls may take once the server stops, in ms. Docker kills the server after 10 s. */
const DRAIN_LIMIT = 8000
/** How long aborted calls may take to remove their files, in ms. */
const ABORT_LIMIT = 1000
/**
 * How long a stop may sync the files of small uploads and remove those of deleted ones, in ms. The next start
 * writes and removes the files that are left by then.
 */
const SETTLE_LIMIT = 1000
/** How long the threads may take to end, in ms. */
const CLOSE_LIMIT = 2000
/** How long the last traces may take to reach their receiver, in ms. */
const FLUSH_LIMIT = 1000
/** How long the last answers may take to leave and clients to hang up, in ms. */
const HANG_UP_LIMIT = 300

export interface ServerConfig {
  hosts: readonly string[]
  port: number
  /** Where the uploads are kept; in a cluster, what is under way. */
  dataDir: string
  workers: number
  /** The parts of a cluster. By default the table is in the data directory. */
  cluster?: ClusterFlags | undefined
  /** By default connections are plain text and everybody may call. The server closes it. */
  access?: Access
  /** Which names and pages may use HTTP. By default only those of the server itself. */
  http?: Sites | 'off'
  limits?: Limits
  /** Undefined: calls are not traced. */
  tracing?: Tracing | undefined
}

export interface RunningServer {
  host: string
  port: number
  /** The IP addresses that the server listens on. */
  addresses: readonly string[]
  /** How many uploads the table had at the start. */
  uploads: number
  /** Reads the tokens again, and uses these certificates for new connections. */
  renew(tls: TlsOptions | undefined): Promise<void>
  /** Takes no new calls, lets the running calls finish within the limits, and releases everything. */
  stop(): Promise<void>
}

/** Serves a data directory or a cluster. Throws a `StorageError` or a `StartError` if the server cannot start. */
export async function startServer({
  hosts,
  port,
  dataDir,
  workers,
  cluster,
  access: { tls, tokens } = openAccess,
  http: sites = { hosts: [], origins: [] },
  limits = defaultLimits,
  tracing,
}: ServerConfig): Promise<RunningServer> {
  const table = await openTable({ dataDir, workers, cluster, limits })
  const metrics = new Metrics(version)
  const admission = new Admission(limits, workers, new Observer(metrics, tracing))
  const { connections, calls } = admission
  const messages = new WholeMessages(admission.requestTimeout)
  const draining = new AbortController()
  const wantsCertificates = tls?.requestCert === true
  const common = { table, admission, limits, tokens, draining: draining.signal }
  const options = { times: limits, calls, draining: draining.signal }
  const byPath = new Map(methods.map(bind => bind({ ...common, messages })))
  const grpc = new GrpcServer(byPath, { ...options, wantsCertificates })
  const http =
    sites === 'off'
      ? undefined
      : new HttpServer({
          ...options,
          answer: exchange =>
            route(
              { ...common, metrics, isReady: table.isReady?.bind(table), sites, wantsCertificates },
              exchange,
            ),
        })
  const protocols = {
    grpc: (socket: Socket) => grpc.connect(socket),
    http: http && ((socket: Socket) => http.connect(socket)),
  }
  metrics.expect([...byPath.keys(), ...routes.map(nameOf)])
  metrics.read([...admission.readings, ...table.readings])
  const handOn = byProtocol(protocols, tls)
  const connect = (socket: Socket) => {
    // Refuse before the handshake of TLS, which costs more than the call that was broken off.
    if (grpc.refuses(socket.remoteAddress)) socket.destroy()
    else handOn.connect(socket)
  }

  const release = async () => {
    tokens?.close()
    await table.close()
  }
  try {
    const { host, addresses, ...listeners } = await listen(hosts, port, connections, connect)
    const stop = async () => {
      draining.abort()
      const waiting = calls.methods
      log.info(
        { calls: waiting.length, methods: counted(waiting) },
        'stops when the calls under way are over',
      )
      if (!(await within(DRAIN_LIMIT, calls.finished()))) {
        log.warn(
          { calls: calls.methods.length },
          `ends the calls that take longer than ${DRAIN_LIMIT / 1000} s`,
        )
        calls.abort()
        await within(ABORT_LIMIT, calls.finished())
      }
      grpc.close()
      http?.close()
      await listeners.close(HANG_UP_LIMIT)
      await within(SETTLE_LIMIT, table.settle())
      // A thread cannot be ended while it waits for a disk that does not respond.
      await within(CLOSE_LIMIT, release())
      if (tracing) await within(FLUSH_LIMIT, tracing.close())
    }
    const renew = async (tls: TlsOptions | undefined) => {
      if (tls) handOn.renew(tls)
      await tokens?.look()
    }
    void table.checkSizes()
    return { host, port: listeners.port, addresses, uploads: await table.count(), renew, stop }
  } catch (error) {
    await release()
    throw error
  }
}

/** Counts equal texts. */
function counted(texts: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(texts, text => text)].map(([text, { length }]) => [text, length]))
}

async function openTable({
  dataDir,
  workers,
  cluster,
  limits,
}: Pick<ServerConfig, 'dataDir' | 'workers' | 'cluster'> & { limits: Limits }): Promise<ServedTable> {
  setLog(log)
  if (!cluster) return new LocalTable(dataDir, workers, limits)
  // A server without a cluster does not load the clients of its parts.
  const { ServedCluster } = await import('./workers/servedCluster.ts')
  return ServedCluster.start(cluster, dataDir, workers, limits)
}
