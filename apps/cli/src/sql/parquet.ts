import { zstdCompressSync } from 'node:zlib'
import type { RecordBatch } from 'apache-arrow'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { CliError, oneLine } from '../errors.ts'
import { parquetValues, schemaElement } from './parquetColumn.ts'
import type { Result } from './query.ts'

/** A row group ends after so much: its values are JavaScript values in memory. */
const GROUP_ROWS = 128 * 1024
const GROUP_VALUES = 192 * 1024
const GROUP_BYTES = 16 * 1024 * 1024

/** Yields a Parquet file. One row group is in memory. Throws CliError before the first byte if a column cannot be written. */
export async function* parquetFile({ fields, batches }: Result): AsyncGenerator<Uint8Array> {
  checkNames(fields.map(({ name }) => name))
  const bytes = new ByteWriter()
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [{ name: 'root', num_children: fields.length }, ...fields.map(schemaElement)],
    codec: 'ZSTD',
    compressors: { ZSTD: page => zstdCompressSync(page) },
    createdBy: 'table-cli',
  })
  for await (const group of groups(batches, fields.length)) {
    const rowGroupSize = group.reduce((rows, { numRows }) => rows + numRows, 0)
    const columnData = fields.map(({ name }, i) => ({ name, data: columnOf(group, i) }))
    writer.write({ columnData, rowGroupSize })
    yield take(bytes)
  }
  writer.finish()
  yield take(bytes)
}

/** Gathers batches for a row group each. Together they have at least one row. */
async function* groups(batches: AsyncIterable<RecordBatch>, columns: number): AsyncGenerator<RecordBatch[]> {
  const mostRows = Math.min(GROUP_ROWS, Math.ceil(GROUP_VALUES / columns))
  let group: RecordBatch[] = []
  let rows = 0
  let size = 0
  for await (const whole of batches)
    for (let row = 0; row < whole.numRows; row += mostRows) {
      const batch = whole.slice(row, row + mostRows)
      group.push(batch)
      rows += batch.numRows
      size += batch.data.byteLength
      if (rows < mostRows && size < GROUP_BYTES) continue
      yield group
      group = []
      rows = 0
      size = 0
    }
  if (rows > 0) yield group
}

function columnOf(group: readonly RecordBatch[], index: number): unknown[] {
  const parts = group.map(batch => {
    const vector = batch.getChildAt(index)
    return vector ? parquetValues(vector) : []
  })
  return parts.flat()
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
  throw new CliError(oneLine(`${what}: give one of them another name (... AS name)`))
}
