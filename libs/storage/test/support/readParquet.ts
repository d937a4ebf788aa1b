import { readFileSync } from 'node:fs'
import { zstdDecompressSync } from 'node:zlib'
import { type FileMetaData, parquetMetadata, parquetRead } from 'hyparquet'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function footerOf(path: string): FileMetaData {
  return parquetMetadata(arrayBuffer(path))
}

/**
 * Returns the rows as hyparquet reads them: dates as days and timestamps as microseconds, both since 1970.
 * Columns are renamed to their positions, because hyparquet drops a byte order mark from a name, after which
 * two names can be equal.
 */
export async function readParquet(path: string): Promise<unknown[][]> {
  const metadata = footerOf(path)
  metadata.schema.slice(1).forEach((element, i) => {
    element.name = String(i)
  })
  for (const { columns } of metadata.row_groups) {
    columns.forEach(({ meta_data }, i) => {
      if (meta_data) meta_data.path_in_schema = [String(i)]
    })
  }
  let rows: unknown[][] = []
  await parquetRead({
    file: arrayBuffer(path),
    metadata,
    rowFormat: 'array',
    compressors: { ZSTD: bytes => zstdDecompressSync(bytes) },
    parsers: {
      dateFromDays: (days: number) => days as never,
      stringFromBytes: (bytes: Uint8Array) => bytes && (utf8.decode(bytes) as never),
      timestampFromMicroseconds: (micros: bigint) => micros as never,
    },
    onComplete: read => {
      rows = read as unknown as unknown[][]
    },
  })
  return rows
}

function arrayBuffer(path: string): ArrayBuffer {
  return Uint8Array.from(readFileSync(path)).buffer
}
