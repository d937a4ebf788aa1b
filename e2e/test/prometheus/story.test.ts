import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { linesOf } from '../../../apps/server/test/support/process.ts'
import { attribute, startReceiver } from '../../support/otlpReceiver.ts'
import { startProcess } from '../../support/processServer.ts'
import { startPrometheus } from '../../support/prometheus.ts'

const ROWS = 300_000
const csv = `x,y\n${'12,34\n'.repeat(ROWS)}`

test('a Prometheus, the log and the trace tell the same story of one upload', async () => {
  const receiver = await startReceiver()
  const server = await startProcess({
    env: {
      TABLE_LOG_LEVEL: 'info',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  })
  onTestFinished(() => server.stop())
  const prometheus = await startPrometheus(server.port)
  const sumOf = async (expression: string) => (await prometheus.query(expression))[0]?.value
  await expect.poll(() => sumOf('table_uploaded_rows_total')).toBe(0)

  const [requestId, traceId, spanId] = [randomUUID(), 'ab'.repeat(16), 'cd'.repeat(8)]
  const answer = await put(server.port, {
    'x-request-id': requestId,
    traceparent: `00-${traceId}-${spanId}-01`,
  })
  const { id, rows } = JSON.parse(answer)
  expect(rows).toBe(ROWS)

  await expect.poll(() => sumOf('table_uploaded_rows_total')).toBe(ROWS)
  const method = 'PUT /uploads/{id}'
  const labels = `{job="table",method="${method}",code="ok"}`
  expect(await sumOf('table_uploaded_bytes_total')).toBe(csv.length)
  expect(await sumOf('table_uploads')).toBe(1)
  expect(await sumOf('table_rows')).toBe(ROWS)
  expect(await sumOf(`table_calls_total${labels}`)).toBe(1)
  expect(await sumOf(`table_call_duration_seconds_count${labels}`)).toBe(1)
  const seconds = (await sumOf(`table_call_duration_seconds_sum${labels}`)) as number

  const line = linesOf(server.log()).find(({ method: found }) => found === method)
  expect(line).toMatchObject({
    level: 'info',
    upload: id,
    rows: ROWS,
    bytes: csv.length,
    code: 'ok',
    request_id: requestId,
    trace_id: traceId,
  })
  expect(line?.ms).toBeCloseTo(1000 * seconds, 2)

  await expect.poll(() => receiver.spans.find(({ name }) => name === method)).toBeDefined()
  const spans = receiver.spans.filter(span => span.traceId === traceId)
  const span = spans.find(({ kind }) => kind === 2)
  if (!span) throw new Error('there is no span of the server')
  expect(span).toMatchObject({ name: method, parentSpanId: spanId })
  expect(attribute(span, 'table.request_id')).toBe(requestId)
  expect(attribute(span, 'table.code')).toBe('ok')
  for (const [key, value] of [
    ['table.upload', id],
    ['table.rows', ROWS],
    ['table.bytes', csv.length],
  ])
    expect(Number(attribute(span, String(key)))).toBe(value)
  const length = Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e9
  expect(length).toBeCloseTo(seconds, 3)
  const phases = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId)
  expect(phases.map(({ name }) => name)).toEqual(['receive', 'convert and commit', 'publish'])
})

/** Uploads the CSV. Resolves to the answer. */
function put(port: number, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const path = `/uploads/${randomUUID()}`
    const sent = request({ host: '127.0.0.1', port, method: 'PUT', path, headers }, received => {
      let text = ''
      received.on('data', part => {
        text += part
      })
      received.on('end', () => resolve(text))
    })
    sent.on('error', reject).end(csv)
  })
}
