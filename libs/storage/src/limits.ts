/** What an upload may have at most, and what it must leave. Sizes are in bytes. */
export interface StorageLimits {
  columns: number
  /** Of a field as it stands in the file, with its quotes. */
  fieldBytes: number
  /** Of the header record, with its line end. */
  headerBytes: number
  /** Of the footer of its Parquet file, which every Parquet sum reads: an entry for each column in each row group. */
  footerBytes: number
  /** No upload is taken that would leave less of the disk free. */
  keptFreeBytes: number
}

const MIB = 1024 * 1024

/** The longest record, in bytes: it must fit into memory as a whole. */
export const MAX_RECORD_BYTES = 16 * MIB

/** What the limits can be raised to. Each column needs memory while a file is converted. */
export const highestLimits = {
  columns: 10_000,
  fieldBytes: MAX_RECORD_BYTES,
  headerBytes: 4 * MIB,
  footerBytes: 2 ** 32 - 1, // its length is a number of 32 bits
} satisfies Partial<StorageLimits>

export const defaultStorageLimits: StorageLimits = {
  columns: highestLimits.columns,
  fieldBytes: highestLimits.fieldBytes,
  headerBytes: MIB,
  footerBytes: 64 * MIB,
  keptFreeBytes: 256 * MIB,
}

/** This thread's limits for uploads. What is stored can be read whatever they are now. */
export let limits = defaultStorageLimits

export function setStorageLimits(value: StorageLimits): void {
  limits = value
}

/**
 * Runs something that converts what was stored once. A server may have stored it under higher limits than the default ones, so the
 * highest ones hold. The new file takes the place of another one, so that it may also use the space that is kept free.
 */
export function withStoredLimits<T>(run: () => T): T {
  const before = limits
  limits = { ...highestLimits, keptFreeBytes: 0 }
  try {
    return run()
  } finally {
    limits = before
  }
}
