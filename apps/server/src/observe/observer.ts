import type { CallRecord, Outcome } from './callRecord.ts'
import { now } from './callRecord.ts'
import { log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Tracing } from './tracing.ts'

const levelOf: Partial<Record<Outcome, 'warn' | 'error'>> = {
  internal: 'error',
  damaged: 'error',
  'disk-full': 'warn',
}

/** Where every call of both transports is reported when it is over. */
export class Observer {
  readonly tracing: Tracing | undefined
  readonly #metrics: Metrics

  constructor(metrics: Metrics, tracing: Tracing | undefined) {
    this.#metrics = metrics
    this.tracing = tracing
  }

  ended(record: CallRecord): void {
    const ended = now()
    const ms = ended - record.began
    this.#metrics.count(record, ms / 1000)
    const traceId = this.tracing?.trace(record, ended) ?? record.traceparent?.split('-')[1]
    const level = record.isProbe ? 'debug' : (levelOf[record.outcome] ?? 'info')
    if (!log.isLevelEnabled(level)) return
    const { method, peer, upload, rows, bytes, outcome, reason, requestId } = record
    const numbers = { upload, rows, bytes, ms: Math.round(1000 * ms) / 1000 }
    const ids = { request_id: requestId, trace_id: traceId }
    log[level]({ method, peer, ...numbers, code: outcome, reason, ...ids }, 'call')
  }
}
