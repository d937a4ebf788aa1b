import { zstdCompressSync } from 'node:zlib'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Answer, ArrowColumn, Batch } from './column.ts'
import { UnfitAnswer } from './errors.ts'
import { parquetValues, schemaElement } from './parquetColumn.ts'

/** A row group ends after so much: its values are JavaScript values in memory. */
const GROUP_ROWS = 128 * 1024
const GROUP_VALUES = 192 * 1024
const GROUP_BYTES = 16 * 1024 * 1024

/** Yields a Parquet file. One row group is in memory. Throws `UnfitAnswer` before the first byte. */
export async function* parquetOf({ fields, batches }: Answer): AsyncGenerator<Uint8Array, void, undefined> {
  checkNames(fields.map(({ name }) => name))
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: fields.length }, ...fields.map(schemaElement)],
    codec: 'ZSTD',
    compressors: { ZSTD: page => zstdCompressSync(page) },
    createdBy: 'table',
  })
  for await (const group of groups(batches, fields.length)) {
    const columnData = fields.map(({ name }, i) => ({ name, data: group[i] as unknown[] }))
    writer.write({ columnData, rowGroupSize: group[0]?.length ?? 0 })
    yield take(bytes)
  }
  writer.finish()
  yield take(bytes)
}

/** Gathers the values of each column for a row group, which has at least one row. */
async function* groups(batches: AsyncIterable<Batch>, count: number): AsyncGenerator<unknown[][]> {
  const mostRows = Math.min(GROUP_ROWS, Math.ceil(GROUP_VALUES / count))
  const empty = () => Array.from({ length: count }, (): unknown[] => [])
  let group = empty()
  let length = 0
  let bytes = 0
  for await (const { rows, columns } of batches)
    for (let row = 0; row < rows; ) {
      const end = Math.min(rows, row + mostRows - length)
      columns.forEach((column, i) => {
        for (const value of parquetValues(column, row, end)) group[i]?.push(value)
        bytes += textBytes(column, row, end)
      })
      length += end - row
      row = end
      if (length < mostRows && bytes < GROUP_BYTES) continue
      yield group
      group = empty()
      length = 0
      bytes = 0
    }
  if (length > 0) yield group
}

function textBytes({ offsets }: ArrowColumn, from: number, to: number): number {
  return offsets ? (offsets[to] as number) - (offsets[from] as number) : 0
}

/** Takes everything out of the writer's buffer, which is then used again. */
function take(writer: ByteWriter): Uint8Array {
  const bytes = Uint8Array.from(writer.getBytes())
  writer.index = 0
  return bytes
}

function checkNames(names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice === undefined) return
  const what = `two columns are called ${JSON.stringify(twice)}, and a Parquet file needs a name for each`
  throw new UnfitAnswer(`${what}: give one of them another name (... AS name)`)
}
