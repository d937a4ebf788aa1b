import { OPEN_METRICS_TYPE, TEXT_TYPE } from '../observe/metrics.ts'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

export const metricsTypes = ['text/plain', 'application/openmetrics-text'] as const

/** Answers with the numbers of the server, in the format that Prometheus asks for. */
export async function metrics({ metrics, admission }: Context, exchange: Exchange): Promise<void> {
  const isPlain = exchange.type === 'text/plain'
  const headers = { 'content-type': isPlain ? TEXT_TYPE : OPEN_METRICS_TYPE, 'cache-control': 'no-store' }
  const read = () => (isPlain ? metrics.text() : metrics.openMetrics())
  exchange.answer(200, headers, await admission.connections.during(exchange.peer, read))
}
