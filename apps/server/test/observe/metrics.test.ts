import type { ServiceErrorCode } from '@table/table'
import { expect, test, vi } from 'vitest'
import { CallRecord } from '../../src/observe/callRecord.ts'
import { log } from '../../src/observe/log.ts'
import { Metrics } from '../../src/observe/metrics.ts'
import { Observer } from '../../src/observe/observer.ts'

function recordOf(method: string, failure?: ServiceErrorCode): CallRecord {
  const record = new CallRecord('127.0.0.1:7', () => undefined)
  record.method = method
  if (failure) record.failed(failure, 'so it was')
  else record.succeeded()
  return record
}

/** Returns the values of all numbers whose names begin with `table_`. */
async function valuesOf(metrics: Metrics): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split('\n').filter(line => line.startsWith('table_'))
  return Object.fromEntries(
    lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  )
}

test('calls are counted by method and outcome, with their times; rows and bytes if they were stored', async () => {
  const metrics = new Metrics('1.2.3')
  const [stored, repeated] = [recordOf('a'), recordOf('a')]
  stored.stored({ id: 1, rows: 2, csvBytes: 30, isNew: true })
  repeated.stored({ id: 1, rows: 2, csvBytes: 30, isNew: false })
  metrics.count(stored, 0.02)
  metrics.count(repeated, 0.2)
  metrics.count(recordOf('a', 'damaged'), 7)
  const values = await valuesOf(metrics)
  expect(values).toMatchObject({
    'table_build_info{version="1.2.3"}': 1,
    'table_calls_total{method="a",code="ok"}': 2,
    'table_calls_total{method="a",code="damaged"}': 1,
    'table_call_duration_seconds_count{method="a",code="ok"}': 2,
    'table_call_duration_seconds_sum{method="a",code="damaged"}': 7,
    'table_call_duration_seconds_bucket{le="0.025",method="a",code="ok"}': 1,
    'table_call_duration_seconds_bucket{le="0.25",method="a",code="ok"}': 2,
    table_uploaded_rows_total: 2,
    table_uploaded_bytes_total: 30,
    table_log_lines_dropped_total: 0,
  })
})

test('a counter begins with 0 for each expected method, so that its first growth is seen', async () => {
  const metrics = new Metrics('1.2.3')
  metrics.expect(['a', 'b'])
  const values = await valuesOf(metrics)
  for (const method of ['a', 'b'])
    for (const code of ['ok', 'internal', 'damaged', 'disk-full', 'unavailable'])
      expect(values[`table_calls_total{method="${method}",code="${code}"}`]).toBe(0)
  metrics.count(recordOf('a'), 1)
  expect((await valuesOf(metrics))['table_calls_total{method="a",code="ok"}']).toBe(1)
})

test('readings are taken at each scrape', async () => {
  const metrics = new Metrics('1.2.3')
  let value = 3
  metrics.read([
    { kind: 'gauge', name: 'table_some', help: 'Some.', read: () => value },
    { kind: 'counter', name: 'table_more_total', help: 'More.', read: async () => 2 * value },
  ])
  for (value of [3, 5, 4])
    expect(await valuesOf(metrics)).toMatchObject({ table_some: value, table_more_total: 2 * value })
})

test('both formats have the numbers of the process, and name counters as their readers expect', async () => {
  const metrics = new Metrics('1.2.3')
  const text = await metrics.text()
  expect(text).toContain('\n# TYPE process_resident_memory_bytes gauge\n')
  expect(text).toContain('# HELP table_uploaded_rows_total Rows that')
  expect(text).toContain('\n# TYPE table_uploaded_rows_total counter\n')
  expect(text).not.toContain('# EOF')
  const openMetrics = await metrics.openMetrics()
  expect(openMetrics).toContain('\n# TYPE table_uploaded_rows counter\n')
  expect(openMetrics).toContain('\ntable_uploaded_rows_total 0\n')
  expect(openMetrics).toMatch(/# EOF\n$/)
})

test('each call is counted, traced and logged when it is over; probes only where all is logged', async () => {
  const metrics = new Metrics('1.2.3')
  const trace = vi.fn(() => 'the-trace')
  const observer = new Observer(metrics, { trace, close: async () => {} })
  const before = log.level
  log.level = 'info'
  const spies = (['debug', 'info', 'warn', 'error'] as const).map(
    level => [level, vi.spyOn(log, level).mockImplementation(() => {})] as const,
  )
  try {
    const upload = recordOf('a')
    upload.stored({ id: 7, rows: 2, csvBytes: 30, isNew: true })
    observer.ended(upload)
    for (const code of ['internal', 'damaged', 'disk-full', 'invalid-data'] as const)
      observer.ended(recordOf('a', code))
    const probe = recordOf('probe')
    probe.isProbe = true
    observer.ended(probe)
    const logged = spies.flatMap(([level, spy]) =>
      spy.mock.calls.map(([line, message]) => [level, (line as unknown as { code: string }).code, message]),
    )
    expect(logged).toEqual([
      ['info', 'ok', 'call'],
      ['info', 'invalid-data', 'call'],
      ['warn', 'disk-full', 'call'],
      ['error', 'internal', 'call'],
      ['error', 'damaged', 'call'],
    ])
    const [first] = spies[1]?.[1].mock.calls[0] ?? []
    expect(first).toEqual({
      method: 'a',
      peer: '127.0.0.1:7',
      upload: 7,
      rows: 2,
      bytes: 30,
      ms: expect.any(Number),
      code: 'ok',
      reason: undefined,
      request_id: upload.requestId,
      trace_id: 'the-trace',
    })
    expect(trace).toHaveBeenCalledTimes(6)
    expect((await valuesOf(metrics))['table_calls_total{method="probe",code="ok"}']).toBe(1)
  } finally {
    log.level = before
    vi.restoreAllMocks()
  }
})
