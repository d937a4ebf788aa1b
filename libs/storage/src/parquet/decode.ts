import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { ColumnMetaData, Compressors, DecodedArray, SchemaElement } from 'hyparquet'
import { readColumn } from 'hyparquet/src/column.js'
import { DEFAULT_PARSERS } from 'hyparquet/src/convert.js'

const compressors: Compressors = {
  GZIP: bytes => gunzipSync(bytes),
  BROTLI: bytes => brotliDecompressSync(bytes),
  ZSTD: bytes => zstdDecompressSync(bytes),
}

/** The values of a column chunk of a column that is not nested, through hyparquet: any encoding and codec it knows. */
export function* decodeChunk(
  bytes: Uint8Array,
  metadata: ColumnMetaData,
  element: SchemaElement,
  rows: number,
): Generator<DecodedArray[number]> {
  const root = { element: { name: 'root' }, children: [], count: 1, path: [] }
  const leaf = { element, children: [], count: 1, path: [element.name] }
  const { data } = readColumn(
    { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 },
    { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows },
    {
      pathInSchema: metadata.path_in_schema,
      type: metadata.type,
      element,
      schemaPath: [root, leaf],
      codec: metadata.codec,
      parsers: DEFAULT_PARSERS,
      compressors,
    },
  )
  for (const page of data) yield* page
}
