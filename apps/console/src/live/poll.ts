import { table as askTable, request, type Table } from '../api/client.ts'
import { offers } from '../api/offers.ts'
import { messageOf } from '../api/problem.ts'
import { createStore } from '../store.ts'
import { type Metrics, metricsOf } from './metrics.ts'
import { type Reading, type Sample, withSample } from './samples.ts'

const INTERVAL = 2000

/** The table as it was a moment ago. */
export const table = createStore<Table | undefined>(undefined)
export const samples = createStore<readonly Sample[]>([])
/** Why the table is not known now. */
export const trouble = createStore<string | undefined>(undefined)

let last: Reading | undefined
let timer: ReturnType<typeof setTimeout> | undefined

/** Asks the server for ever, while somebody looks at the page. */
export function startPolling(): void {
  void round()
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void refresh()
  })
}

/** Asks now, for those who know that the table has changed. */
export async function refresh(): Promise<void> {
  clearTimeout(timer)
  await round()
}

async function round(): Promise<void> {
  const before = performance.now()
  try {
    const now = await askTable()
    const answered = performance.now() - before
    const metrics = await askMetrics()
    const reading: Reading = {
      at: Date.now(),
      rows: metrics?.rows ?? now.rows,
      answered,
      ...(metrics && { latency: metrics.latency }),
    }
    table.set(now)
    trouble.set(undefined)
    take(reading)
  } catch (error) {
    trouble.set(messageOf(error))
  }
  clearTimeout(timer)
  // A wide table takes longer, and the page must not be what keeps the server busy.
  const pause = Math.max(INTERVAL, 20 * (performance.now() - before))
  if (!document.hidden) timer = setTimeout(round, pause)
}

function take(reading: Reading): void {
  // A rate over a moment says nothing: uploads are refreshed as soon as they are stored.
  if (last && reading.at - last.at < INTERVAL / 2) return
  // Rows of the table and rows of the metrics are different counts.
  if (last && (last.latency === undefined) === (reading.latency === undefined))
    samples.set(withSample(samples.get(), last, reading))
  last = reading
}

async function askMetrics(): Promise<Metrics | undefined> {
  try {
    return (await offers('/metrics')) ? metricsOf(await (await request('/metrics')).text()) : undefined
  } catch {
    return undefined // The table itself is known, which is what matters.
  }
}
