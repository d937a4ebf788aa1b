import { expect, test } from 'vitest'
import { metricsOf } from '../src/live/metrics.ts'
import { KEPT_SECONDS, type Sample, withSample } from '../src/live/samples.ts'

const text = (
  rows: number,
  [fast, slow, all]: [number, number, number],
) => `# TYPE table_uploaded_rows counter
table_uploaded_rows_total ${rows}
table_call_duration_seconds_bucket{le="0.01",method="Upload",code="ok"} ${fast}
table_call_duration_seconds_bucket{le="0.1",method="Upload",code="ok"} ${slow}
table_call_duration_seconds_bucket{le="+Inf",method="Upload",code="ok"} ${all}
table_call_duration_seconds_bucket{le="+Inf",method="GET /table",code="ok"} 1000
`

test('rows a second and latency are those between two readings', () => {
  const before = metricsOf(text(100, [50, 60, 60]))
  const now = metricsOf(text(1100, [150, 160, 160]))
  if (!before || !now) throw new Error('the metrics are not found')
  const [sample] = withSample([], { at: 0, answered: 5, ...before }, { at: 2000, answered: 5, ...now })
  expect(sample).toMatchObject({ at: 2, rowsPerSecond: 500 })
  // All 100 calls between the readings took up to 10 ms.
  expect(sample?.middle).toBeCloseTo(5)
  expect(sample?.slow).toBeCloseTo(9.9)
})

test('calls of the page itself do not count, nor do those slower than every bucket as infinite', () => {
  const metrics = metricsOf(text(1, [0, 0, 10]))
  expect(metrics?.latency.quantile(0.5)).toBe(100)
  expect(metricsOf('up 1\n')).toBeUndefined()
})

test('without metrics the table and the own waiting time are what there is', () => {
  const [sample] = withSample([], { at: 0, rows: 50, answered: 3 }, { at: 1000, rows: 40, answered: 7 })
  expect(sample).toEqual({ at: 1, rowsPerSecond: 0, middle: 7, slow: 7 })
})

test('old samples go', () => {
  let samples: Sample[] = []
  for (let second = 0; second < 1000; second++)
    samples = withSample(
      samples,
      { at: 1000 * second, rows: 0, answered: 1 },
      { at: 1000 * (second + 1), rows: 0, answered: 1 },
    )
  expect(samples).toHaveLength(KEPT_SECONDS)
})
