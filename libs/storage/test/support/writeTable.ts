import { closeFile, createFile } from '../../src/files.ts'
import { memory } from '../../src/kernelMemory.ts'
import type { ColumnBuffer } from '../../src/parquet/columnBuffer.ts'
import { writeChunk } from '../../src/parquet/columnChunk.ts'
import { Footer } from '../../src/parquet/footer.ts'
import { FileOutput } from '../../src/parquet/output.ts'
import type { ColumnType } from '../../src/schema.ts'

/** Timestamps are microseconds, dates days, both since 1970. */
export type Value = bigint | number | boolean | string

export interface TableColumn {
  name: string
  type: ColumnType
  values: readonly (Value | null)[]
}

/** Writes columns with the same number of rows as a Parquet file, in row groups of up to `groupRows` rows. */
export function writeTable(path: string, columns: readonly TableColumn[], groupRows = 1_000_000): void {
  const file = createFile(path)
  const out = new FileOutput(file)
  const footer = new Footer(columns, `${path}.footer`)
  out.write(Buffer.from('PAR1'))
  const rows = columns[0]?.values.length ?? 0
  for (let from = 0; from < rows; from += groupRows) {
    const chunks = columns.map(({ values, ...column }) =>
      writeChunk(filled({ ...column, values: values.slice(from, from + groupRows) }), out),
    )
    footer.addRowGroup(Math.min(groupRows, rows - from), chunks)
  }
  for (const part of footer.parts('test')) out.write(part)
  out.write(Buffer.from('PAR1'))
  out.flush()
  footer.close()
  closeFile(file)
}

/** Puts a column where the writer has it, but `shift` bytes further on: values need not be aligned. */
export function filled({ name, type, values }: TableColumn, shift = 0): ColumnBuffer {
  const levels = memory.rows + shift
  const start = levels + values.length
  const buffer = Buffer.from(memory.bytes.buffer)
  let at = start
  let count = 0
  values.forEach((value, row) => {
    buffer[levels + row] = value === null ? 0 : 1
    if (value === null) return
    count++
    if (typeof value === 'bigint') at = buffer.writeBigInt64LE(value, at)
    else if (typeof value === 'boolean') at = buffer.writeUInt8(value ? 1 : 0, at)
    else if (typeof value === 'string') {
      const length = buffer.write(value, at + 4)
      at = buffer.writeUInt32LE(length, at) + length
    } else at = type === 'date' ? buffer.writeInt32LE(value, at) : buffer.writeDoubleLE(value, at)
  })
  return {
    name,
    type,
    rows: values.length,
    nulls: values.length - count,
    values: start,
    valueBytes: at - start,
    count,
    levels,
  }
}
