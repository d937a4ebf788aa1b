import { crc32 } from 'node:zlib'
import type { ColumnMetaData, PageHeader } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
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
    saved += writePage(out, 'DICTIONARY_PAGE', bytes.length, [stored?.dictionary ?? bytes], {
      dictionary_page_header: { num_values: entries, encoding: 'PLAIN' },
    })
  }
  const dataStart = out.offset
  saved += writePage(
    out,
    'DATA_PAGE',
    levels.length + values.length,
    stored ? [stored.data] : [levels, values],
    {
      data_page_header: {
        num_values: rows,
        encoding,
        definition_level_encoding: 'RLE',
        repetition_level_encoding: 'RLE',
      },
    },
  )
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
  type: PageHeader['type'],
  bytes: number,
  parts: Uint8Array[],
  rest: Pick<PageHeader, 'data_page_header' | 'dictionary_page_header'>,
): number {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const crc = parts.reduce((sum, part) => crc32(part, sum), 0) | 0
  header.index = 0
  writePageHeader(header, {
    type,
    uncompressed_page_size: bytes,
    compressed_page_size: size,
    crc,
    ...rest,
  })
  out.write(header.getBytes())
  for (const part of parts) out.write(part)
  return bytes - size
}
