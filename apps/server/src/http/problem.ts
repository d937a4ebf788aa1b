import { shortageOf } from '@table/storage'
import { ServiceError, type ServiceErrorCode } from '@table/table'
import { log } from '../observe/log.ts'

export type Headers = Record<string, string | number>

/** An error that only HTTP has, in its headers or paths. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  readonly headers: Headers

  constructor(status: number, message: string, headers: Headers = {}) {
    super(message)
    this.status = status
    this.headers = headers
  }
}

/** What a client is told instead of an answer: https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  title: string
  status: number
  detail: string
  /** For programs, and what the log and the metrics call the problem. */
  code: ServiceErrorCode
  /** Where in the CSV the problem is. The first line and the first column have the number 1. */
  line?: number
  column?: number
}

const RETRY: Headers = { 'retry-after': 1 }

const statusOfCode: Record<ServiceErrorCode, [status: number, headers?: Headers]> = {
  'invalid-data': [422],
  'invalid-request': [400],
  'not-found': [404],
  unauthenticated: [401, { 'www-authenticate': 'Bearer realm="table"' }],
  forbidden: [403],
  'too-large': [413],
  'disk-full': [507],
  'too-slow': [408],
  unavailable: [503, RETRY],
  cancelled: [503, RETRY],
  damaged: [500],
  unsupported: [501],
  internal: [500],
}

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  411: 'Length Required',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  422: 'Unprocessable Content',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
}

/** Turns any error into what the client sees. What the client must not see goes to stderr. */
export function problemOf(error: unknown): { problem: Problem; headers: Headers } {
  if (error instanceof HttpError) {
    const { status, message, headers } = error
    return { problem: problem(status, message, codeOfStatus[status] ?? 'invalid-request'), headers }
  }
  if (error instanceof ServiceError) {
    const [status, headers = {}] = statusOfCode[error.code]
    return { problem: { ...problem(status, error.message, error.code), ...placeIn(error) }, headers }
  }
  const shortage = shortageOf(error)
  log.error(shortage?.message ?? error)
  return shortage
    ? { problem: problem(503, shortage.forClients, 'unavailable'), headers: RETRY }
    : { problem: problem(500, 'internal error', 'internal'), headers: {} }
}

/** What errors are that only HTTP has. All others are invalid requests. */
const codeOfStatus: Record<number, ServiceErrorCode> = {
  404: 'not-found',
  413: 'too-large',
  431: 'too-large',
}

function problem(status: number, detail: string, code: ServiceErrorCode): Problem {
  return { title: titles[status] ?? 'Error', status, detail: detail.toWellFormed(), code }
}

/** Every error that has a place in the CSV begins with that place. */
function placeIn({ code, message }: ServiceError): { line?: number; column?: number } {
  const [, line, column] = /^line (\d+)(?:, column (\d+))?\b/.exec(message) ?? []
  if (code !== 'invalid-data' && code !== 'too-large') return {}
  return { ...(line && { line: Number(line) }), ...(column && { column: Number(column) }) }
}
