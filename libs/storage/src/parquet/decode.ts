import { createRequire } from 'node:module'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { ColumnChunk } from '@table/kernels'
import type { Compressors, SchemaElement } from 'hyparquet'
import type { OpenFile } from '../files.ts'
import { checkRange, readWhole } from '../storedFiles.ts'
import type { Integers } from './columnType.ts'

const compressors: Compressors = {
  GZIP: bytes => gunzipSync(bytes),
  BROTLI: bytes => brotliDecompressSync(bytes),
  ZSTD: bytes => zstdDecompressSync(bytes),
}

// Few files need it, and each thread that loads it takes memory for it.
const require = createRequire(import.meta.url)

/** The values and nulls of a column chunk, through hyparquet: any encoding and codec it knows. */
export function* decodeChunk(
  file: OpenFile,
  chunk: ColumnChunk,
  { valueBytes, signed, nullable }: Integers,
): Generator<bigint | number | null | undefined> {
  const { readColumn }: typeof import('hyparquet/src/column.js') = require('hyparquet/src/column.js')
  const { DEFAULT_PARSERS }: typeof import('hyparquet/src/convert.js') = require('hyparquet/src/convert.js')
  const {
    CompressionCodecs,
  }: typeof import('hyparquet/src/constants.js') = require('hyparquet/src/constants.js')
  checkRange(file, chunk.start, chunk.bytes)
  const bytes = new Uint8Array(chunk.bytes)
  readWhole(file, bytes, chunk.start)
  const type = valueBytes === 8 ? 'INT64' : 'INT32'
  const element: SchemaElement = {
    name: 'column',
    type,
    repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED',
    ...(!signed && { converted_type: valueBytes === 8 ? 'UINT_64' : 'UINT_32' }),
  }
  const root = { element: { name: 'root' }, children: [], count: 1, path: [] }
  const { data } = readColumn(
    { view: new DataView(bytes.buffer), offset: 0 },
    { groupStart: 0, selectStart: 0, selectEnd: chunk.values, groupRows: chunk.values },
    {
      pathInSchema: [element.name],
      type,
      element,
      schemaPath: [root, { element, children: [], count: 1, path: [element.name] }],
      codec: CompressionCodecs[chunk.codec],
      parsers: DEFAULT_PARSERS,
      compressors,
    },
  )
  for (const page of data) yield* page as Iterable<bigint | number | null>
}
