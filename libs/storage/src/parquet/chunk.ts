import { crc32 } from 'node:zlib'
import type { ColumnMetaData, Encoding } from 'hyparquet'
import { Encodings, PageTypes } from 'hyparquet/src/constants.js'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js'
import type { ColumnBuffer } from './columnBuffer.ts'
import { compress, release } from './compression.ts'
import { encode } from './encodings.ts'
import type { FileOutput } from './output.ts'
import { columnSchemas } from './schema.ts'

/**
 * Writes one column of a row group: a dictionary page where that is smaller, then one data page (version 1), each with its
 * CRC. Integers are not compressed, for the sake of sums. Returns the chunk's entry for the footer.
 */
export function writeChunk(column: ColumnBuffer, out: FileOutput): ColumnMetaData {
  const { name, type, rows, nulls } = column
  const { pages, range } = encode(column)
  const { dictionary, levels, encoding, values } = pages
  const stored = type === 'int64' ? undefined : compress(pages)
  const start = out.offset
  let saved = 0
  if (dictionary) {
    const { entries, bytes } = dictionary
    saved += writePage(out, bytes.length, [stored?.dictionary ?? bytes], dictionaryHeader(entries))
  }
  const dataStart = out.offset
  const parts = stored ? [stored.data] : [levels, values]
  saved += writePage(out, levels.length + values.length, parts, dataHeader(rows, encoding))
  if (stored) release(stored)
  return {
    type: columnSchemas[type].type,
    encodings: dictionary ? ['PLAIN', 'RLE', encoding] : ['RLE', encoding],
    path_in_schema: [name],
    codec: stored ? 'ZSTD' : 'UNCOMPRESSED',
    num_values: BigInt(rows),
    total_uncompressed_size: BigInt(out.offset - start + saved),
    total_compressed_size: BigInt(out.offset - start),
    data_page_offset: BigInt(dataStart),
    ...(dictionary && { dictionary_page_offset: BigInt(start) }),
    statistics: {
      null_count: BigInt(nulls),
      ...(range && { min_value: range.min, max_value: range.max }),
    },
  }
}

const header = new ByteWriter()

/** `bytes`: what the page has uncompressed. `parts`: what is stored of it. Returns how many bytes that saves. */
function writePage(
  out: FileOutput,
  bytes: number,
  parts: Uint8Array[],
  typeAndContent: { field_1: number; field_5?: object; field_7?: object },
): number {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const crc = parts.reduce((sum, part) => crc32(part, sum), 0) | 0
  const { field_1, ...content } = typeAndContent
  header.index = 0
  serializeTCompactProtocol(header, { field_1, field_2: bytes, field_3: size, field_4: crc, ...content })
  out.write(header.getBytes())
  for (const part of parts) out.write(part)
  return bytes - size
}

// PageHeader of parquet.thrift: what differs by the type of page.

function dictionaryHeader(entries: number) {
  return {
    field_1: PageTypes.indexOf('DICTIONARY_PAGE'),
    field_7: { field_1: entries, field_2: Encodings.indexOf('PLAIN') },
  }
}

function dataHeader(rows: number, encoding: Encoding) {
  const levels = Encodings.indexOf('RLE')
  return {
    field_1: PageTypes.indexOf('DATA_PAGE'),
    field_5: { field_1: rows, field_2: Encodings.indexOf(encoding), field_3: levels, field_4: levels },
  }
}
