import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { diag } from '@opentelemetry/api'
import { expect, onTestFinished, test, vi } from 'vitest'
import { CallRecord } from '../../src/observe/callRecord.ts'
import { openTracing } from '../../src/observe/tracing.ts'

interface Span {
  name: string
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[]
  status: { code: number; message?: string }
}

interface Traces {
  resourceSpans: { resource: Pick<Span, 'attributes'>; scopeSpans: { spans: Span[] }[] }[]
}

/** Starts what receives traces and answers with `status`, and lets the variables name it. */
async function receiver(status = 200): Promise<Traces['resourceSpans']> {
  const received: Traces['resourceSpans'] = []
  const server = createServer(async (request, response) => {
    received.push(...((await json(request)) as Traces).resourceSpans)
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`)
  onTestFinished(() => {
    server.close()
    diag.disable()
    vi.unstubAllEnvs()
  })
  return received
}

const plain = ({ attributes }: Pick<Span, 'attributes'>) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]))

/** Traces calls. Returns their spans by name, and the ids that `trace` returned. */
async function traced(...records: CallRecord[]) {
  const received = await receiver()
  const tracing = await openTracing('1.2.3')
  const ids = records.map(record => tracing?.trace(record, record.began + 250))
  await tracing?.close()
  const spans = received.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
  return { received, ids, spans }
}

function recordOf(method: string, headers: Record<string, string> = {}): CallRecord {
  const record = new CallRecord('127.0.0.1:7', name => headers[name])
  record.method = method
  return record
}

test('without a receiver there is no tracing', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', '')
  vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', '')
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(await openTracing('1.2.3')).toBeUndefined()
})

test('a call is a span with its times, what it was about, and a span inside for each phase', async () => {
  const record = recordOf('/Table/Upload', { 'x-request-id': 'mine' })
  record.stored({ id: 7, rows: 2, csvBytes: 30, isNew: true })
  record.phases.push({ name: 'receive', from: record.began + 10, to: record.began + 20 })
  record.succeeded()
  const { received, ids, spans } = await traced(record)
  expect(received.map(({ resource }) => plain(resource))).toEqual([
    expect.objectContaining({ 'service.name': 'table-server', 'service.version': '1.2.3' }),
  ])
  const [call, phase] = ['/Table/Upload', 'receive'].map(name => spans.find(span => span.name === name))
  expect(spans).toHaveLength(2)
  expect(plain(call as Span)).toEqual({
    'table.request_id': 'mine',
    'table.code': 'ok',
    'table.upload': 7,
    'table.rows': 2,
    'table.bytes': 30,
    'network.peer.address': '127.0.0.1:7',
  })
  expect(call).toMatchObject({ kind: 2, traceId: ids[0], status: { code: 0 } })
  expect(call?.parentSpanId).toBeFalsy()
  expect(phase).toMatchObject({ traceId: ids[0], parentSpanId: call?.spanId })
  const ms = (span: Span | undefined) =>
    [span?.startTimeUnixNano, span?.endTimeUnixNano].map(nanos => Number(nanos) / 1e6 - record.began)
  const [callTimes, phaseTimes] = [ms(call), ms(phase)]
  for (const [found, expected] of [callTimes[0], callTimes[1], phaseTimes[0], phaseTimes[1]].map(
    (found, i) => [found, [0, 250, 10, 20][i]],
  ))
    expect(found).toBeCloseTo(expected as number, 0)
})

test('a receiver that refuses the last spans does not keep the server from stopping', async () => {
  const received = await receiver(400)
  const tracing = await openTracing('1.2.3')
  tracing?.trace(recordOf('a'), 0)
  await tracing?.close()
  expect(received).toHaveLength(1)
})

test('the span of the client is the parent', async () => {
  const [traceId, parentSpanId] = ['ab'.repeat(16), 'cd'.repeat(8)]
  const { ids, spans } = await traced(recordOf('a', { traceparent: `00-${traceId}-${parentSpanId}-01` }))
  expect(ids).toEqual([traceId])
  expect(spans).toMatchObject([{ traceId, parentSpanId }])
})

test('faults of the server are errors, faults of clients are none', async () => {
  const codes = ['internal', 'damaged', 'unavailable', 'invalid-data', 'cancelled'] as const
  const records = codes.map(code => {
    const record = recordOf(code)
    record.failed(code, 'so it was')
    return record
  })
  const { spans } = await traced(...records)
  const isFault = (name: string) => ['internal', 'damaged', 'unavailable'].includes(name)
  expect(spans).toHaveLength(codes.length)
  for (const span of spans) {
    expect(span.status).toEqual(isFault(span.name) ? { code: 2, message: 'so it was' } : { code: 0 })
    expect(plain(span)).toMatchObject({ 'table.code': span.name, 'table.reason': 'so it was' })
    expect(plain(span)).not.toHaveProperty('table.upload')
  }
})
