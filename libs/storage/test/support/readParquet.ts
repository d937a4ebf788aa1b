import { readFileSync } from 'node:fs'
import { type FileMetaData, parquetMetadata, parquetRead } from 'hyparquet'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function footerOf(path: string): FileMetaData {
  return parquetMetadata(arrayBuffer(path))
}

/** The rows as hyparquet reads them: dates as days and timestamps as microseconds, both counted from 1970. */
export async function readParquet(path: string): Promise<unknown[][]> {
  let rows: unknown[][] = []
  await parquetRead({
    file: arrayBuffer(path),
    rowFormat: 'array',
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
