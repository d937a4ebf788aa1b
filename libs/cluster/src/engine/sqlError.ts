import { status as Status } from '@grpc/grpc-js'
import { ServiceError } from '@table/table'

/** With these an engine, or the network before it, says that it does not work. Whatever is wrong with SQL is told as another one. */
const engineFails: ReadonlySet<number> = new Set([
  Status.CANCELLED,
  Status.DEADLINE_EXCEEDED,
  Status.PERMISSION_DENIED,
  Status.RESOURCE_EXHAUSTED,
  Status.ABORTED,
  Status.UNAVAILABLE,
  Status.UNAUTHENTICATED,
])

/**
 * What engines and gRPC say, with the status of an error in SQL, about a session, a worker, the network or the object store. Sail does not
 * always say why a task failed: asked again, it mostly does.
 */
const failing =
  /^internal error:|^cannot add stream|RST_STREAM|INVALID_HANDLE|FAILED_READ_FILE|Generic S3 error|Object at location|S3Exception|ExecutorLostFailure|OutOfMemoryError|Resources exhausted/

/** The most characters of a message. */
const MOST = 2000

/** Returns what a client is told of an error of gRPC. Undefined: the engine fails, not the SQL. */
export function sqlError(error: unknown): ServiceError | undefined {
  const { code, details = '' } = error as { code?: number; details?: string }
  const [, found, most] = /larger than max \((\d+) vs\.? (\d+)\)/.exec(details) ?? []
  if (most !== undefined)
    return new ServiceError(
      'too-large',
      `some thousand rows of the answer have ${found} bytes, at most ${most} are taken at a time: choose fewer columns, or shorter texts`,
      { cause: error },
    )
  if (code === undefined || engineFails.has(code) || failing.test(details)) return undefined
  return new ServiceError('invalid-data', wordsOf(details), { cause: error })
}

/** Returns what an engine says about SQL, without what stands around it: stacks, and where objects are. */
function wordsOf(details: string): string {
  // Spark repeats what a task has failed with behind the name of an exception.
  const said = /^Job aborted.*?Exception: (\[[A-Z][\s\S]*)/s.exec(details)?.[1] ?? details
  const [text = ''] = said.split(/\n+(?:\s*at [\w.$]+\(|Driver stacktrace:|JVM stacktrace:)/)
  const shown = text
    .replace(/[^\s'"`([]*\bparquet\/[0-9a-f-]{36}\.parquet/g, 'a file of the table')
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/[^\s'"`,)\]]+/gi, '…')
    .trim()
  return shown === '' ? 'the engine does not say what is wrong with the query' : shown.slice(0, MOST)
}
