import { ColSumReq, ColSumResp, TableService, UploadResp } from '@table/proto'
import { openStore, setStorageLimits } from '@table/storage'
import { limitConcurrency } from './admission/concurrencyLimit.ts'
import { Connections } from './admission/connections.ts'
import { IdleTimeout } from './admission/idleTimeout.ts'
import { listen } from './admission/listen.ts'
import { queued } from './admission/queue.ts'
import { type Access, openAccess } from './auth/access.ts'
import { neededScope, refusal } from './auth/authorize.ts'
import { defaultLimits, type Limits } from './config/limits.ts'
import type { Call } from './grpc/call.ts'
import { widenWindow } from './grpc/flowControl.ts'
import { GrpcServer, type Method } from './grpc/grpcServer.ts'
import { unary } from './grpc/handler.ts'
import { Messages } from './grpc/wholeMessage.ts'
import { colSum } from './service/columnSum.ts'
import { upload } from './service/upload.ts'
import { Pool } from './workers/pool.ts'

/** How long running calls may take once the server stops, in ms. Docker kills after 10 s. */
const DRAIN_LIMIT = 8000
/** How long calls that were then ended may take to remove their files, in ms. */
const ABORT_LIMIT = 1000
/** How long a stop may sync the files of small uploads, in ms. Those that are not synced then, the next start writes again. */
const SYNC_LIMIT = 1000
/** How long the last answers may take to leave and clients to hang up, in ms. */
const HANG_UP_LIMIT = 300

/** Sums at once. The plan of one takes 64 bytes an upload: only as many are made at once as there are workers. */
const SUMS = 1024

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
  access: { tls, tokens } = openAccess,
  limits = defaultLimits,
}: ServerConfig): Promise<RunningServer> {
  setStorageLimits(limits)
  const store = openStore(dataDir)
  const pool = new Pool(store, workers, limits)
  // They would be more and more if nothing but crashes came between two starts.
  if (store.hasUnsynced) void pool.syncAll()
  const connections = new Connections(limits.connections)
  const idleTimeout = new IdleTimeout(limits.idleTime)
  const { uploads, uploadBytes } = limits
  const admittedUpload = limitConcurrency(
    uploads,
    'uploads',
    () => idleTimeout.giveUpSlowest(),
    ({ session, peer, body, cancellation, headers }: Call) => {
      widenWindow(session)
      return connections.during(peer, () =>
        upload(store, pool, { uploadBytes, idleTimeout }, body, cancellation, headers),
      )
    },
  )
  const messages = new Messages(new IdleTimeout(limits.idleTime))
  const admittedSum = limitConcurrency(
    SUMS,
    'sums',
    () => false,
    queued(workers, (request: ColSumReq, cancellation) => colSum(store, pool, request, cancellation)),
  )
  const answers: Record<keyof typeof TableService, Method['answer']> = {
    upload: unary(
      admittedUpload,
      response => UploadResp.encode(response).finish(),
      error => ({ error }),
    ),
    colSum: unary(
      ({ peer, body, cancellation }) =>
        messages.with(
          body,
          message => ColSumReq.decode(message),
          request => connections.during(peer, () => admittedSum(request, cancellation)),
        ),
      response => ColSumResp.encode(response).finish(),
      error => ({ total: 0n, error }),
    ),
  }
  const methods = new Map<string, Method>()
  for (const name of ['upload', 'colSum'] as const)
    methods.set(TableService[name].path, {
      refusal: headers => tokens && refusal(tokens, headers, neededScope[name]),
      answer: answers[name],
    })
  const server = new GrpcServer(methods, limits, tls)

  const release = async () => {
    tokens?.close()
    await pool.close()
    store.close()
  }
  try {
    const listeners = await listen(hosts, port, connections, socket => server.connect(socket))
    const stop = async () => {
      server.calls.draining = true
      if (!(await within(DRAIN_LIMIT, server.calls.finished()))) {
        server.calls.abort()
        await within(ABORT_LIMIT, server.calls.finished())
      }
      server.close()
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
