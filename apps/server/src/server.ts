import { Server } from '@grpc/grpc-js'
import { type ColSumReq, TableService } from '@table/proto'
import { openStore } from '@table/storage'
import { type Access, openAccess } from './access.ts'
import { authorize } from './authorize.ts'
import { colSum } from './colSum.ts'
import { listen } from './listen.ts'
import { Pool } from './pool.ts'
import { checkPrivateFields, type RequestBody, takeOver } from './takeOver.ts'
import { Calls, unary } from './unary.ts'
import { upload } from './upload.ts'

/** How long running calls may take once the server stops, in ms. Docker kills after 10 s. */
const DRAIN_LIMIT = 8000
/** How long calls that were then ended may take to remove their files, in ms. */
const ABORT_LIMIT = 1000
/** How long the last answers may take to leave and clients to hang up, in ms. */
const HANG_UP_LIMIT = 300

export interface ServerConfig {
  hosts: readonly string[]
  port: number
  dataDir: string
  workers: number
  /** Plain text and everybody if not given. The server closes it. */
  access?: Access
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
}: ServerConfig): Promise<RunningServer> {
  checkPrivateFields()
  const store = openStore(dataDir)
  const pool = new Pool(store.dataDir, workers)
  const calls = new Calls()
  const interceptors = [takeOver(TableService.upload.path), ...(tokens ? [authorize(tokens)] : [])]
  const server = new Server({ interceptors })
  server.addService(TableService, {
    upload: unary(
      calls,
      (body: RequestBody, cancellation, metadata) => upload(store, pool, body, cancellation, metadata),
      error => ({ error }),
    ),
    colSum: unary(
      calls,
      (request: ColSumReq, cancellation) => colSum(store, pool, request, cancellation),
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
    const listeners = await listen(hosts, port, injectConnection)
    const stop = async () => {
      calls.draining = true
      if (!(await within(DRAIN_LIMIT, calls.finished()))) {
        calls.abort()
        await within(ABORT_LIMIT, calls.finished())
      }
      // Its callback comes early: on Node 24 grpc-js takes a connection that is closing for one that is closed.
      server.tryShutdown(() => {})
      await listeners.close(HANG_UP_LIMIT)
      await release()
    }
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
