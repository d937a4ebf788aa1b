/** Calls by the time that they took: cumulative counts, as Prometheus has them. */
export class Latency {
  /** Upper bounds in seconds, with the number of calls up to each. */
  readonly #buckets: Map<number, number>

  constructor(buckets: Map<number, number>) {
    this.#buckets = buckets
  }

  /** Returns the calls that are not in an earlier reading. */
  since(earlier: Latency | undefined): Latency {
    if (!earlier) return this
    const added = [...this.#buckets].map(
      ([bound, calls]) => [bound, Math.max(0, calls - (earlier.#buckets.get(bound) ?? 0))] as const,
    )
    return new Latency(new Map(added))
  }

  /** Returns the time in ms that a share of the calls did not exceed; undefined without calls. */
  quantile(share: number): number | undefined {
    const buckets = [...this.#buckets].sort(([a], [b]) => a - b)
    const wanted = share * (buckets.at(-1)?.[1] ?? 0)
    if (wanted === 0) return undefined
    let [lower, below] = [0, 0]
    for (const [bound, calls] of buckets) {
      if (calls >= wanted) {
        // Nobody knows how slow the calls of the last bucket are.
        if (bound === Number.POSITIVE_INFINITY) return lower * 1000
        return (lower + ((bound - lower) * (wanted - below)) / (calls - below)) * 1000
      }
      lower = bound
      below = calls
    }
    return undefined
  }
}

export interface Metrics {
  rows: number
  latency: Latency
}

/** Methods that are asked for by the page itself, again and again. */
const OWN = /method="(?:Describe|describe|GET \/table|GET \/metrics)"/

/** Reads the text of `/metrics`. Returns undefined if what the page shows is not in it. */
export function metricsOf(text: string): Metrics | undefined {
  const rows = /^table_uploaded_rows_total(?:\{[^}]*\})? (\S+)/m.exec(text)?.[1]
  const buckets = new Map<number, number>()
  for (const [line, labels = '', calls] of text.matchAll(
    /^table_call_duration_seconds_bucket\{([^}]*)\} (\S+)/gm,
  )) {
    if (OWN.test(line)) continue
    const bound = /le="([^"]+)"/.exec(labels)?.[1]
    const upper = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound)
    buckets.set(upper, (buckets.get(upper) ?? 0) + Number(calls))
  }
  return rows === undefined ? undefined : { rows: Number(rows), latency: new Latency(buckets) }
}
