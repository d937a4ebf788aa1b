import { crc32 } from 'node:zlib'
import type { ColumnMetaData, Encoding, PageHeader } from 'hyparquet'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { writePageHeader } from 'hyparquet-writer/src/datapage.js'
import { encodeDictionary } from './dictionary.ts'
import { encodeHybrid, writeRun } from './hybrid.ts'
import type { FileOutput } from './output.ts'
import { GrowableBuffer, type PlainColumn } from './plainColumn.ts'
import type { ColumnKind } from './types/columnKind.ts'

/**
 * Writes one column of a row group: a dictionary page where that is smaller, then its data pages (version 1,
 * uncompressed, with a CRC). Returns the chunk's entry for the footer.
 */
export function writeChunk(
  name: string,
  kind: ColumnKind,
  column: PlainColumn,
  out: FileOutput,
): ColumnMetaData {
  column.endPage()
  const start = out.offset
  const encoded = kind.width === 8 ? encodeDictionary(column) : undefined
  if (encoded) {
    writePage(out, 'DICTIONARY_PAGE', [encoded.dictionary], {
      dictionary_page_header: { num_values: encoded.entries, encoding: 'PLAIN' },
    })
  }
  const dataStart = out.offset
  const encoding: Encoding = encoded ? 'RLE_DICTIONARY' : 'PLAIN'
  let from = { row: 0, byte: 0 }
  column.pages.forEach((to, page) => {
    const values = encoded?.pages[page] ?? plainPage(column, kind, from.byte, to.byte)
    writePage(out, 'DATA_PAGE', [definitionLevels(column, from.row, to.row), values], {
      data_page_header: {
        num_values: to.row - from.row,
        encoding,
        definition_level_encoding: 'RLE',
        repetition_level_encoding: 'RLE',
      },
    })
    from = to
  })
  const range = kind.range(column.values)
  const bytes = BigInt(out.offset - start)
  return {
    type: kind.schema.type as ColumnMetaData['type'],
    encodings: encoded ? ['PLAIN', 'RLE', 'RLE_DICTIONARY'] : ['PLAIN', 'RLE'],
    path_in_schema: [name],
    codec: 'UNCOMPRESSED',
    num_values: BigInt(column.rows),
    total_uncompressed_size: bytes,
    total_compressed_size: bytes,
    data_page_offset: BigInt(dataStart),
    ...(encoded && { dictionary_page_offset: BigInt(start) }),
    statistics: {
      null_count: BigInt(column.nulls),
      ...(range && { min_value: range.min, max_value: range.max }),
    },
  }
}

function writePage(
  out: FileOutput,
  type: PageHeader['type'],
  parts: Uint8Array[],
  header: Pick<PageHeader, 'data_page_header' | 'dictionary_page_header'>,
): void {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const crc = parts.reduce((sum, part) => crc32(part, sum), 0) | 0
  const writer = new ByteWriter()
  writePageHeader(writer, {
    type,
    uncompressed_page_size: size,
    compressed_page_size: size,
    crc,
    ...header,
  })
  out.write(writer.getBytes())
  for (const part of parts) out.write(part)
}

/** Which rows have a value, behind the length in four bytes that version 1 pages put before their levels. */
function definitionLevels({ defined }: PlainColumn, from: number, to: number): Uint8Array {
  const levels = new GrowableBuffer()
  levels.length = 4
  if (defined) encodeHybrid(defined, from, to, 1, levels)
  else writeRun(1, to - from, 1, levels)
  levels.ints[0] = levels.length - 4
  return levels.bytes.subarray(0, levels.length)
}

function plainPage({ values }: PlainColumn, { width }: ColumnKind, from: number, to: number): Uint8Array {
  const page = values.bytes.subarray(from, to)
  return width === 1 ? packBits(page) : page
}

function packBits(booleans: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(booleans.length / 8))
  for (let i = 0; i < booleans.length; i++) packed[i >> 3] |= booleans[i] << (i & 7)
  return packed
}
