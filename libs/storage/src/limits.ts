/** The most that an upload may have, and the disk space that it must leave. Sizes are in bytes. */
export interface StorageLimits {
  columns: number
  /** The size of a field as it stands in the file, with its quotes. */
  fieldBytes: number
  /** The size of the header record, with its line end. */
  headerBytes: number
  /**
   * The size of a Parquet footer, which has an entry for each column in each row group. Every Parquet sum
   * reads the whole footer.
   */
  footerBytes: number
  /** The disk space that uploads leave free. */
  keptFreeBytes: number
}

const MIB = 1024 * 1024

/** The longest record, in bytes. A record must fit into memory as a whole. */
export const MAX_RECORD_BYTES = 16 * MIB

/** The highest values of the limits. Each column needs memory while a file is converted. */
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

/** This thread's limits for uploads. Stored files can be read whatever the limits are now. */
export let limits = defaultStorageLimits

export function setStorageLimits(value: StorageLimits): void {
  limits = value
}

/**
 * Converts a stored file again under the highest limits, because it may have been stored under higher limits
 * than now. The new file replaces another one, so it may also use the space that is kept free.
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
