import type { Attributes, Context, Tracer } from '@opentelemetry/api'
import { StartError } from '../config/startError.ts'
import type { CallRecord } from './callRecord.ts'
import { log } from './log.ts'

/** Sends a span for each call, and one for each of its phases, to a receiver of OpenTelemetry. */
export interface Tracing {
  /** Returns the id of the trace. `ended`: in ms since 1970. */
  trace(record: CallRecord, ended: number): string
  /** Sends what is left. Never rejects: whether the receiver takes it must not matter to a stop. */
  close(): Promise<void>
}

/**
 * Begins to trace if `OTEL_EXPORTER_OTLP_ENDPOINT` names a receiver. Only then the packages of OpenTelemetry are loaded, which take more
 * memory than all else that watches the server. Throws a `StartError` if they are missing.
 */
export async function openTracing(version: string): Promise<Tracing | undefined> {
  if (!(process.env.OTEL_EXPORTER_OTLP_ENDPOINT || process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT))
    return undefined
  const { api, sdk, resources, exporter } = await packages()
  api.diag.setLogger(
    { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: api.DiagLogLevel.WARN },
  )
  const processor = new sdk.BatchSpanProcessor({ exporter: new exporter.OTLPTraceExporter() })
  const provider = new sdk.TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': process.env.OTEL_SERVICE_NAME || 'table-server',
      'service.version': version,
    }),
    spanProcessors: [processor],
  })
  const tracer = provider.getTracer('table-server', version)
  return {
    trace: (record, ended) => traceCall(api, tracer, record, ended),
    close: () => provider.shutdown().catch((error: Error) => warn(error.message)),
  }
}

async function packages() {
  try {
    return {
      api: await import('@opentelemetry/api'),
      sdk: await import('@opentelemetry/sdk-trace'),
      resources: await import('@opentelemetry/resources'),
      exporter: await import('@opentelemetry/exporter-trace-otlp-http'),
    }
  } catch (error) {
    throw new StartError(
      `OTEL_EXPORTER_OTLP_ENDPOINT is set, but the packages that send traces cannot be loaded (${(error as Error).message}): install this package with its optional dependencies, or unset the variable`,
    )
  }
}

/** All spans are made at the end: while a call runs, tracing costs the times of its phases. */
function traceCall(
  api: typeof import('@opentelemetry/api'),
  tracer: Tracer,
  record: CallRecord,
  ended: number,
): string {
  const { method, outcome, phases, began } = record
  const isFault = outcome === 'internal' || outcome === 'damaged' || outcome === 'unavailable'
  const server = tracer.startSpan(
    method,
    { kind: api.SpanKind.SERVER, startTime: began, attributes: attributesOf(record) },
    callerOf(api, record),
  )
  const inside = api.trace.setSpan(api.ROOT_CONTEXT, server)
  for (const { name, from, to } of phases) tracer.startSpan(name, { startTime: from }, inside).end(to)
  if (isFault) server.setStatus({ code: api.SpanStatusCode.ERROR, message: record.reason ?? '' })
  server.end(ended)
  return server.spanContext().traceId
}

function attributesOf({ requestId, peer, upload, rows, bytes, outcome, reason }: CallRecord): Attributes {
  return {
    'table.request_id': requestId,
    'table.code': outcome,
    ...(reason !== undefined && { 'table.reason': reason }),
    ...(upload !== undefined && { 'table.upload': upload }),
    ...(rows !== undefined && { 'table.rows': rows }),
    ...(bytes !== undefined && { 'table.bytes': bytes }),
    'network.peer.address': peer,
  }
}

/** Returns the context of the span in which the client made the call, if it sent one. */
function callerOf(api: typeof import('@opentelemetry/api'), { traceparent }: CallRecord): Context {
  if (traceparent === undefined) return api.ROOT_CONTEXT
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-')
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return api.trace.setSpanContext(api.ROOT_CONTEXT, context)
}

function warn(message: string): void {
  log.warn(`traces: ${message}`)
}

function ignore(): void {}
