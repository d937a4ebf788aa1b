export type Format = 'csv' | 'parquet'

export interface Sum {
  /** The time as the asker sees it: over gRPC for a server, in process for a library. */
  ms: number
  total: bigint
}

export interface Contestant {
  name: string
  /** Sums a column over all data of the contestant. */
  sum(column: string, format: Format): Promise<Sum>
  /** The most memory that the process has held: VmHWM. */
  peakBytes(): number
  stop(): void
}

/** A contestant that is filled by uploads. */
export interface ServerContestant extends Contestant {
  dataDir: string
  /** Uploads CSV files from `clients` connections at once. Resolves to the ms until all uploads were acknowledged. */
  upload(files: readonly string[], clients: number): Promise<number>
  /** Restarts the measurement of `peakBytes` from now. */
  forgetPeak(): void
  /** The highest of all peaks, including the forgotten ones. */
  highestPeakBytes(): number
}
