export type Format = 'csv' | 'parquet'

export interface Sum {
  /** As the asker sees it: over gRPC for a server, in process for a library. */
  ms: number
  total: bigint
}

export interface Contestant {
  name: string
  /** Sums a column over everything the contestant has. */
  sum(column: string, format: Format): Promise<Sum>
  /** The most memory its process has held: VmHWM. */
  peakBytes(): number
  stop(): void
}

/** A contestant that is filled by uploads. */
export interface ServerContestant extends Contestant {
  dataDir: string
  /** Uploads CSV files from `clients` connections at once. Resolves with the ms until all were acknowledged. */
  upload(files: readonly string[], clients: number): Promise<number>
  /** From now on, `peakBytes` is the peak since now. */
  forgetPeak(): void
  /** Of all peaks, forgotten or not. */
  highestPeakBytes(): number
}
