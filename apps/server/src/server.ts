import { logVerbosity, type Metadata, Server, setLogVerbosity } from '@grpc/grpc-js'
import { type ColSumReq, TableService } from '@table/proto'
import { type Cancellation, openStore, setStorageLimits } from '@table/storage'
import { type Access, openAccess } from './access.ts'
import { atMost } from './atMost.ts'
import { authorize } from './authorize.ts'
import { colSum } from './colSum.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { listen } from './listen.ts'
import { Patience } from './patience.ts'
import { Pool } from './pool.ts'
import { checkPrivateFields, type RequestBody, takeOver } from './takeOver.ts'
import { inTurn } from './turns.ts'
import { Calls, unary } from './unary.ts'
import { upload } from './upload.ts'

/** How long running calls may take once the server stops, in ms. Docker kills after 10 s. */
const DRAIN_LIMIT = 8000
/** How long calls that were then ended may take to remove their files, in ms. */
const ABORT_LIMIT = 1000
/** How long a stop may sync the files of small uploads, in ms. Those that are not synced then, the next start writes again. */
const SYNC_LIMIT = 1000
/** How long the last answers may take to leave and clients to hang up, in ms. */
const HANG_UP_LIMIT = 300

/** Calls at once on a connection. A gRPC client lets more of them wait. */
const STREAMS = 100
/** Sums at once. The plan of one takes 64 bytes an upload: only as many are made at once as there are workers. */
const SUMS = 1024
/** How long a connection may stay without calls, in ms. A gRPC client connects again when it has to. */
const IDLE_CONNECTION = 300_000

export interface ServerConfig {
  hosts: readonly string[]
  port: number
  dataDir: string
  workers: number
  /** Plain text and everybody if not given. The server closes it. */
  access?: Access
  limits?: Limits
}

export interface RunningServer {
  host: string
  port: number
  /** The IP addresses that it listens on. */
  addresses: readonly string[]
  /** Takes no new calls, lets the running ones finish (within limits), and lets go of everything. */
  stop(): Promise<void>
}

/** Serves a data directory. Throws a `StorageError` or a `StartError` if that cannot be. */
export async function startServer({
  hosts,
  port,
  dataDir,
  workers,
  access: { credentials, tokens } = openAccess,
  limits = defaultLimits,
}: ServerConfig): Promise<RunningServer> {
  checkPrivateFields()
  // It would write a line for every malformed header of a client.
  setLogVerbosity(logVerbosity.NONE)
  setStorageLimits(limits)
  const store = openStore(dataDir)
  const pool = new Pool(store, workers, limits)
  // They would be more and more if nothing but crashes came between two starts.
  if (store.hasUnsynced) void pool.syncAll()
  const calls = new Calls(limits.callTime)
  const patience = new Patience(limits.idleTime)
  const { uploads, uploadBytes } = limits
  const server = new Server({
    interceptors: [takeOver(TableService.upload.path), ...(tokens ? [authorize(tokens)] : [])],
    'grpc.max_concurrent_streams': STREAMS,
    'grpc.max_connection_idle_ms': IDLE_CONNECTION,
  })
  server.addService(TableService, {
    upload: unary(
      calls,
      atMost(
        uploads,
        'uploads',
        () => patience.giveUpSlowest(),
        (body: RequestBody, cancellation: Cancellation, metadata: Metadata) =>
          upload(store, pool, { uploadBytes, patience }, body, cancellation, metadata),
      ),
      error => ({ error }),
    ),
    colSum: unary(
      calls,
      atMost(
        SUMS,
        'sums',
        () => false,
        inTurn(workers, (request: ColSumReq, cancellation) => colSum(store, pool, request, cancellation)),
      ),
      error => ({ total: 0n, error }),
    ),
  })

  const release = async () => {
    tokens?.close()
    await pool.close()
    store.close()
  }
  const { injectConnection } = server.createConnectionInjector(credentials)
  try {
    const listeners = await listen(hosts, port, limits.connections, injectConnection)
    const stop = async () => {
      calls.draining = true
      if (!(await within(DRAIN_LIMIT, calls.finished()))) {
        calls.abort()
        await within(ABORT_LIMIT, calls.finished())
      }
      // Its callback comes early: on Node 24 grpc-js takes a connection that is closing for one that is closed.
      server.tryShutdown(() => {})
      await listeners.close(HANG_UP_LIMIT)
      await within(SYNC_LIMIT, pool.syncAll())
      await release()
    }
    void store.catalogue.snapshot().then(({ uploads }) => pool.checkSizes(uploads))
    return { host: listeners.host, port: listeners.port, addresses: listeners.addresses, stop }
  } catch (error) {
    await release()
    throw error
  }
}

/** Whether `work` is done within `limit` ms. */
async function within(limit: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>(resolve => {
    timer = setTimeout(resolve, limit, false)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
