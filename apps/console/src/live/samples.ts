import type { Latency } from './metrics.ts'

/** What the server said at a moment. */
export interface Reading {
  /** In ms. */
  at: number
  /** Rows that were ever uploaded, or rows of the table if the server does not count them. */
  rows: number
  /** How long the page waited for the answer, in ms. */
  answered: number
  /** How long calls took since the server began, if it says so. */
  latency?: Latency
}

/** What happened between two readings. */
export interface Sample {
  /** In seconds, as charts have it. */
  at: number
  rowsPerSecond: number
  /** Of a typical call, in ms. */
  middle: number
  /** Of the slowest call of a hundred, in ms. */
  slow: number
}

/** The samples of the last minutes. */
export const KEPT_SECONDS = 300

/** Returns `samples` with the one between two readings, without those that are too old. */
export function withSample(samples: readonly Sample[], before: Reading, now: Reading): Sample[] {
  const seconds = (now.at - before.at) / 1000
  if (seconds <= 0) return [...samples]
  // A deletion makes the table smaller, and no upload.
  const rowsPerSecond = Math.max(0, now.rows - before.rows) / seconds
  const calls = now.latency?.since(before.latency)
  const sample: Sample = {
    at: now.at / 1000,
    rowsPerSecond,
    middle: calls?.quantile(0.5) ?? now.answered,
    slow: calls?.quantile(0.99) ?? now.answered,
  }
  return [...samples, sample].filter(({ at }) => at > sample.at - KEPT_SECONDS)
}
