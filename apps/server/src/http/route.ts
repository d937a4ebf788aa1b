import type { Table } from '@table/table'
import type { Admission } from '../admission/admission.ts'
import type { Sites } from '../auth/sites.ts'
import type { TokenFile } from '../auth/tokenFile.ts'
import type { Scope } from '../auth/tokens.ts'
import type { Limits } from '../config/limits.ts'
import type { Metrics } from '../observe/metrics.ts'
import type { Exchange } from './exchange.ts'

/** What handlers work with. */
export interface Context {
  table: Table
  admission: Admission
  limits: Limits
  metrics: Metrics
  /** Undefined: everybody may call. */
  tokens: TokenFile | undefined
  sites: Sites
  /** Whether clients must show a certificate that is meant for clients. */
  wantsCertificates: boolean
  /** Aborted when the server begins to shut down. */
  draining: AbortSignal
  /** Whether everything that the table needs works now; undefined if it needs nothing but this process. */
  isReady?: (() => Promise<boolean>) | undefined
}

export interface Route {
  /** A route with GET answers HEAD, too. */
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** A `{name}` stands for a part of the path, which is not empty. */
  path: string
  /** The scope that a token must have. Undefined: the route needs no token, and pages of other sites may ask. */
  scope: Scope | undefined
  /** The parameters that the route knows. Others are refused: a mistyped one would do nothing, in silence. */
  query?: readonly string[]
  /** The media types of the answer. The first one is for clients without a preference. */
  produces: readonly [string, ...string[]]
  /** Whether requests have a body. */
  takesBody?: boolean
  /** Whether requests are also answered while the server shuts down. */
  untilTheEnd?: boolean
  /** Answers the request by a method of `Exchange`. Throws a `ServiceError`, or an `HttpError` for errors that only HTTP has. */
  handler(context: Context, exchange: Exchange): Promise<void>
}
