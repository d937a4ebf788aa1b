import type { TLSSocket } from 'node:tls'
import { ServiceError, shuttingDown } from '@table/table'
import { refusal } from '../auth/authorize.ts'
import { checkHost, checkOrigin } from '../auth/sites.ts'
import { showsClient } from '../auth/tls.ts'
import type { Exchange } from './exchange.ts'
import { accepted } from './headers.ts'
import { pageRoutes } from './page.ts'
import { HttpError } from './problem.ts'
import type { Context, Route } from './route.ts'
import { routes } from './routes.ts'

/** What the log and the metrics call a route. */
export function nameOf({ method, path }: Route): string {
  return `${method} ${path}`
}

interface Pattern {
  route: Route
  path: RegExp
}

const patterns: readonly Pattern[] = [...routes, ...pageRoutes].map(route => ({
  route,
  path: patternOf(route.path),
}))

function patternOf(path: string): RegExp {
  const literal = path.replace(/[.]/g, '\\$&')
  return new RegExp(`^${literal.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}

/** Answers a request, or says why not. Nothing of a body is read before every check has passed. */
export async function route(context: Context, exchange: Exchange): Promise<void> {
  try {
    checkConnection(context, exchange)
    const { method = '' } = exchange.request
    const fitting = patterns.filter(({ path }) => path.test(exchange.path))
    if (fitting.length === 0) throw noSuchPath(exchange.path)
    const methods = methodsOf(fitting)
    if (method === 'OPTIONS') return answerOptions(context, exchange, methods)
    const wanted = method === 'HEAD' ? 'GET' : method
    const found = fitting.find(({ route }) => route.method === wanted)
    if (!found) throw wrongMethod(method, methods)
    exchange.record.method = nameOf(found.route)
    exchange.record.isProbe = found.route.untilTheEnd === true
    checkRequest(context, exchange, found.route)
    exchange.params = paramsOf(found, exchange.path)
    await found.route.handler(context, exchange)
  } catch (error) {
    exchange.fail(error)
  }
}

/** Refuses requests by what is the same for all routes. */
function checkConnection({ sites, wantsCertificates }: Context, { request, path }: Exchange): void {
  const tls = (request.socket as TLSSocket).encrypted === true
  if (wantsCertificates && !showsClient(request.socket as TLSSocket))
    throw new ServiceError(
      'forbidden',
      'the certificate of this client is not meant for clients: use one with the extended key usage clientAuth',
    )
  checkHost(request.headersDistinct.host ?? [], sites, tls)
  if (!path.startsWith('/'))
    throw new HttpError(400, `found the target "${path.slice(0, 80)}", expected a path such as /uploads`)
}

/** Refuses a request by its headers and its query. */
function checkRequest(context: Context, exchange: Exchange, route: Route): void {
  const { request, query } = exchange
  const { headers } = request
  // Pages of an origin that is allowed also read why they are refused.
  if (route.scope) allowOrigin(exchange, checkOrigin(headers, context.sites))
  if (context.draining.aborted && !route.untilTheEnd) throw shuttingDown()
  if (route.scope) {
    const authorization = request.headersDistinct.authorization ?? []
    const refused = context.tokens && refusal(context.tokens, authorization, route.scope)
    if (refused) throw refused
  }
  decoded(exchange.request.url?.replace(/^[^?]*/, '') ?? '', 'query')
  const known = route.query ?? []
  for (const name of query.keys())
    if (!known.includes(name) || query.getAll(name).length > 1)
      throw new HttpError(
        400,
        `found the parameter "${name.slice(0, 80)}"${known.includes(name) ? ' twice' : ''}, expected ${known.join(', ') || 'no parameters'}`,
      )
  exchange.type = accepted(headers.accept, route.produces)
  const coding = headers['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked')
    throw new HttpError(400, `Transfer-Encoding: found "${coding.slice(0, 80)}", expected chunked`)
  const hasBody = coding !== undefined || Number(headers['content-length'] ?? 0) > 0
  if (hasBody && !route.takesBody)
    throw new HttpError(400, `found a body, expected none with ${request.method} ${route.path}`)
}

/** Answers a browser that asks whether a page of another site may send its request, and everybody who asks for the methods. */
function answerOptions({ sites }: Context, exchange: Exchange, methods: string): void {
  allowOrigin(exchange, checkOrigin(exchange.request.headers, sites))
  exchange.answer(204, {
    allow: methods,
    ...(exchange.headers['access-control-allow-origin'] !== undefined && {
      'access-control-allow-methods': methods,
      'access-control-allow-headers':
        'authorization, content-type, content-encoding, range, if-none-match, if-range',
      'access-control-max-age': 600,
    }),
  })
}

/** Lets the pages of an origin read the answer. */
function allowOrigin({ headers }: Exchange, origin: string | undefined): void {
  if (origin === undefined) return
  headers['access-control-allow-origin'] = origin
  headers['access-control-expose-headers'] = 'etag, content-range, location, retry-after'
  headers.vary = 'origin'
}

function methodsOf(fitting: readonly Pattern[]): string {
  const methods = fitting.map(({ route }) => route.method)
  return [...new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'])].join(', ')
}

function paramsOf({ path }: Pattern, text: string): Record<string, string> {
  const found = Object.entries(path.exec(text)?.groups ?? {})
  return Object.fromEntries(found.map(([name, value]) => [name, decoded(value, 'path')]))
}

/** Decodes a part of a request's target. Throws 400 for what `URLSearchParams` would replace by other characters, or leave as it is. */
function decoded(text: string, part: 'path' | 'query'): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new HttpError(
      400,
      `found the ${part} "${text.slice(0, 80)}", expected percent-encoded UTF-8 after each %`,
    )
  }
}

function noSuchPath(path: string): HttpError {
  return new HttpError(404, `there is no ${path.slice(0, 80)}: /openapi.json has every path`)
}

function wrongMethod(method: string, methods: string): HttpError {
  return new HttpError(405, `found the method ${method}, expected ${methods}`, { allow: methods })
}
