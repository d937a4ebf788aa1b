import { crc32 } from 'node:zlib'
import type { ColumnMetaData, Encoding } from 'hyparquet'
import { Encodings, PageTypes } from 'hyparquet/src/constants.js'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import type { ColumnBuffer } from './columnBuffer.ts'
import { columnSchemas } from './columnType.ts'
import { compress, release } from './compression.ts'
import { encode } from './encodings.ts'
import type { FileOutput } from './output.ts'
import { DataPageHeader, DictionaryPageHeader, PageHeader, type Struct, serialize } from './thrift.ts'

/**
 * Writes one column of a row group: a dictionary page if that is smaller, then one data page (version 1),
 * each with its CRC. Integers are not compressed, so that sums can read them directly. Returns the chunk's
 * entry for the footer.
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
    saved += writePage(
      out,
      bytes.length,
      [stored?.dictionary ?? bytes],
      'DICTIONARY_PAGE',
      dictionaryHeader(entries),
    )
  }
  const dataStart = out.offset
  const parts = stored ? [stored.data] : [levels, values]
  saved += writePage(out, levels.length + values.length, parts, 'DATA_PAGE', dataHeader(rows, encoding))
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

/**
 * Writes a page and returns how many bytes compression saves. `bytes`: the page's uncompressed size. `parts`:
 * the stored bytes. `content`: the part of the header that depends on the page type.
 */
function writePage(
  out: FileOutput,
  bytes: number,
  parts: Uint8Array[],
  type: 'DICTIONARY_PAGE' | 'DATA_PAGE',
  content: Struct,
): number {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const crc = parts.reduce((sum, part) => crc32(part, sum), 0) | 0
  header.index = 0
  serialize(header, {
    [PageHeader.type]: PageTypes.indexOf(type),
    [PageHeader.uncompressed_page_size]: bytes,
    [PageHeader.compressed_page_size]: size,
    [PageHeader.crc]: crc,
    ...content,
  })
  out.write(header.getBytes())
  for (const part of parts) out.write(part)
  return bytes - size
}

function dictionaryHeader(entries: number): Struct {
  return {
    [PageHeader.dictionary_page_header]: {
      [DictionaryPageHeader.num_values]: entries,
      [DictionaryPageHeader.encoding]: Encodings.indexOf('PLAIN'),
    },
  }
}

function dataHeader(rows: number, encoding: Encoding): Struct {
  const levels = Encodings.indexOf('RLE')
  return {
    [PageHeader.data_page_header]: {
      [DataPageHeader.num_values]: rows,
      [DataPageHeader.encoding]: Encodings.indexOf(encoding),
      [DataPageHeader.definition_level_encoding]: levels,
      [DataPageHeader.repetition_level_encoding]: levels,
    },
  }
}
