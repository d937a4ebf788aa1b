import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client'
import type { CallRecord, Outcome } from './callRecord.ts'
import { droppedLines } from './log.ts'

/** A number that is read at each scrape. The value of a counter only grows. */
export interface Reading {
  kind: 'gauge' | 'counter'
  /** The name of a counter ends with `_total`. */
  name: string
  help: string
  read(): number | Promise<number>
}

/** In seconds: from a sum in memory to an upload of some GiB. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
/** How exactly the delay of the event loop is measured, in ms. Each measurement wakes the process up. */
const DELAY_PRECISION = 20

/** The outcomes that somebody may wait for. */
const EXPECTED: readonly Outcome[] = ['ok', 'internal', 'damaged', 'disk-full', 'unavailable']

export const TEXT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE
export const OPEN_METRICS_TYPE = Registry.OPENMETRICS_CONTENT_TYPE

/** The numbers of a server, as Prometheus reads them. */
export class Metrics {
  readonly #registry = new Registry<OpenMetricsContentType>()
  readonly #calls: Counter<'method' | 'code'>
  readonly #seconds: Histogram<'method' | 'code'>
  readonly #rows: Counter
  readonly #bytes: Counter
  #isScraped = false

  constructor(version: string) {
    this.#registry.setContentType(OPEN_METRICS_TYPE)
    const labelNames = ['method', 'code'] as const
    const registers = [this.#registry]
    this.#calls = new Counter({
      name: 'table_calls_total',
      help: 'Calls that are over, by their method and how they ended.',
      labelNames,
      registers,
    })
    this.#seconds = new Histogram({
      name: 'table_call_duration_seconds',
      help: 'Time from the headers of a call until its client has the answer.',
      labelNames,
      buckets: BUCKETS,
      registers,
    })
    this.#rows = new Counter({
      name: 'table_uploaded_rows_total',
      help: 'Rows that were added to the table since the server started.',
      registers,
    })
    this.#bytes = new Counter({
      name: 'table_uploaded_bytes_total',
      help: 'Bytes of CSV that were added to the table since the server started.',
      registers,
    })
    const info = { name: 'table_build_info', help: '1, with the version of the server.', registers }
    new Gauge({ ...info, labelNames: ['version'] }).set({ version }, 1)
    this.read([droppedReading])
  }

  /** Begins to count calls of these methods. To Prometheus, a counter that begins with 1 has not grown. */
  expect(methods: readonly string[]): void {
    for (const method of methods) for (const code of EXPECTED) this.#calls.inc({ method, code }, 0)
  }

  /** Adds numbers that their owners know. */
  read(readings: readonly Reading[]): void {
    for (const reading of readings) this.#add(reading)
  }

  count({ method, outcome: code, isStored, rows = 0, bytes = 0 }: CallRecord, seconds: number): void {
    this.#calls.inc({ method, code })
    this.#seconds.observe({ method, code }, seconds)
    if (!isStored) return
    this.#rows.inc(rows)
    this.#bytes.inc(bytes)
  }

  /** Returns all numbers as they are now, in the format of OpenMetrics. */
  openMetrics(): Promise<string> {
    // Measuring the process costs time, so it begins when somebody wants the numbers.
    if (!this.#isScraped)
      collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: DELAY_PRECISION })
    this.#isScraped = true
    return this.#registry.metrics()
  }

  /** Returns the same in Prometheus's older format, in which the name of a counter has its ending everywhere. */
  async text(): Promise<string> {
    const text = await this.openMetrics()
    return text
      .replace(/^# HELP (\S+) (.*\n)# TYPE \1 counter$/gm, '# HELP $1_total $2# TYPE $1_total counter')
      .replace(/# EOF\n$/, '')
  }

  #add({ kind, name, help, read }: Reading): void {
    const common = { name, help, registers: [this.#registry] }
    if (kind === 'gauge') {
      const gauge: Gauge = new Gauge({ ...common, collect: async () => gauge.set(await read()) })
      return
    }
    const collect = async () => {
      const value = await read()
      counter.reset()
      counter.inc(value)
    }
    const counter: Counter = new Counter({ ...common, collect })
  }
}

const droppedReading: Reading = {
  kind: 'counter',
  name: 'table_log_lines_dropped_total',
  help: 'Lines of the log that are left out, because nobody read stderr.',
  read: () => droppedLines,
}
