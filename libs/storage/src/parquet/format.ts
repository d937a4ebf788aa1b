// The numbers of parquet.thrift, and the file format's magic number. They are defined only here.

/** The bytes that a file begins and ends with. */
export const MAGIC = Uint8Array.from([0x50, 0x41, 0x52, 0x31]) // PAR1

export const Repetition = { OPTIONAL: 1 } as const
export const PageType = { DATA_PAGE: 0, DICTIONARY_PAGE: 2 } as const
export const Encoding = { PLAIN: 0, RLE: 3 } as const
export const Codec = { UNCOMPRESSED: 0, ZSTD: 6 } as const

/** Reads a number in four bytes, the least significant first. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0
}
