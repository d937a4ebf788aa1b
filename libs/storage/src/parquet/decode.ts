import { createRequire } from 'node:module'
import { zstdDecompressSync } from 'node:zlib'
import type { ColumnChunk } from '@table/kernels'
import type { Compressors, DecodedArray, SchemaElement } from 'hyparquet'
import type { OpenFile } from '../files.ts'
import { checkRange, readWhole } from '../storedFiles.ts'

const compressors: Compressors = { ZSTD: bytes => zstdDecompressSync(bytes) }

// Load hyparquet only when necessary: few files need it, and each thread that loads it takes memory.
const require = createRequire(import.meta.url)

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** What the schema says about a column, except its name. */
export type DecodedElement = Omit<SchemaElement, 'name'>

/** The values and nulls of a column chunk, page by page, through hyparquet: the slow way, for any of our types. */
export function decodeChunk(file: OpenFile, chunk: ColumnChunk, type: DecodedElement): DecodedArray[] {
  const { readColumn }: typeof import('hyparquet/src/column.js') = require('hyparquet/src/column.js')
  const { DEFAULT_PARSERS }: typeof import('hyparquet/src/convert.js') = require('hyparquet/src/convert.js')
  const {
    CompressionCodecs,
  }: typeof import('hyparquet/src/constants.js') = require('hyparquet/src/constants.js')
  checkRange(file, chunk.start, chunk.bytes)
  const bytes = new Uint8Array(chunk.bytes)
  readWhole(file, bytes, chunk.start)
  const element: SchemaElement = { name: 'column', ...type }
  const root = { element: { name: 'root' }, children: [], count: 1, path: [] }
  const { data } = readColumn(
    { view: new DataView(bytes.buffer), offset: 0 },
    { groupStart: 0, selectStart: 0, selectEnd: chunk.values, groupRows: chunk.values },
    {
      pathInSchema: [element.name],
      type: element.type as NonNullable<typeof element.type>,
      element,
      schemaPath: [root, { element, children: [], count: 1, path: [element.name] }],
      codec: CompressionCodecs[chunk.codec],
      parsers: { ...DEFAULT_PARSERS, stringFromBytes: text => text && utf8.decode(text) },
      compressors,
    },
  )
  return data
}
