import { execFile } from 'node:child_process'
import { markdownTable } from '../markdown.ts'
import { type Results, record } from '../results.ts'
import type { Ledger } from './ledger.ts'
import type { SoakServer } from './server.ts'

const ROWS = 10

type Summary = (values: readonly number[]) => string

const last: Summary = values => values.at(-1)?.toFixed(0) ?? '–'
const highest: Summary = values => (values.length > 0 ? Math.max(...values).toFixed(0) : '–')
const count: Summary = values => `${values.length}`
const quantile = (values: readonly number[], part: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(part * values.length) - 1]
const median: Summary = values => quantile(values, 0.5)?.toFixed(0) ?? '–'
const medianAndTail: Summary = values =>
  [0.5, 0.99].map(part => quantile(values, part)?.toFixed(1) ?? '–').join(' / ')

/** The columns of the table: what is measured, the column's title, and how many values become one. */
const columns: [measure: string, title: string, summary: Summary][] = [
  ['uploads', 'uploads', last],
  ['disk', 'disk, MiB', last],
  ['memory', 'RSS, MiB', median],
  ['peak', 'peak, MiB', highest],
  ['descriptors', 'descriptors', highest],
  ['threads', 'threads', highest],
  ['upload', 'upload, ms', medianAndTail],
  ['csv sum', 'CSV sum, ms', medianAndTail],
  ['parquet sum', 'Parquet sum, ms', medianAndTail],
  ['kill', 'kills', count],
  ['restart', 'restarts', count],
  ['start', 'start, ms', highest],
  ['wait', 'longest wait, ms', highest],
]

/** The measurements, a row for each tenth of the time. */
export class Measurements {
  readonly #seconds: number
  readonly #results: Results = new Map()
  #begin = performance.now()

  constructor(seconds: number) {
    this.#seconds = seconds
  }

  /** Starts the time. */
  begin(): void {
    this.#begin = performance.now()
  }

  /** Returns the time that is left, in ms. */
  left(): number {
    return Math.max(0, this.#begin + 1000 * this.#seconds - performance.now())
  }

  /** Records a call that began at `start`. A call during which the server was down has had to wait for it. */
  took(measure: string, start: number, server: SoakServer): void {
    this.#add(server.wasDown(start) ? 'wait' : measure, performance.now() - start)
  }

  stopped(killed: boolean, startMs: number): void {
    this.#add(killed ? 'kill' : 'restart', 1)
    this.#add('start', startMs)
  }

  look(server: SoakServer, dataDir: string, { uploads }: Ledger): void {
    for (const [measure, value] of Object.entries(server.vitals() ?? {})) this.#add(measure, value)
    this.#add('uploads', uploads)
    // `du` complains about files that come and go meanwhile; ignore that.
    execFile('du', ['-sm', dataDir], (_, said) => this.#add('disk', Number.parseInt(said, 10)))
  }

  table(): string {
    const lines = [...this.#results].map(([row, cells]) => [
      row,
      ...columns.map(([measure, , summary]) => summary(cells.get(measure) ?? [])),
    ])
    return markdownTable(['until, s', ...columns.map(([, title]) => title)], lines)
  }

  #add(measure: string, value: number): void {
    const passed = (performance.now() - this.#begin) / 1000 / this.#seconds
    const row = Math.min(ROWS, 1 + Math.floor(passed * ROWS))
    record(this.#results, ((row * this.#seconds) / ROWS).toFixed(0), measure, value)
  }
}
