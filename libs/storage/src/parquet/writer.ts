import type { SchemaElement } from 'hyparquet'
import type { Column } from '../csv/inference.ts'
import type { Block } from '../csv/records.ts'
import type { OpenFile } from '../files.ts'
import { writeChunk } from './chunk.ts'
import { Footer } from './footer.ts'
import { FileOutput } from './output.ts'
import { PlainColumn } from './plainColumn.ts'
import { columnKinds } from './types/index.ts'

const ROW_GROUP_BYTES = 3 * 1024 * 1024
const ROW_GROUP_ROWS = 1024 * 1024
const MAGIC = Uint8Array.from([0x50, 0x41, 0x52, 0x31]) // PAR1

// Reused from file to file, so that a thread holds no more than a row group, however many files it writes.
let reused: PlainColumn[] = []

/** Writes one Parquet file, row group by row group: at most one is in memory. One file at a time in a thread. */
export class ParquetWriter {
  rows = 0
  readonly #columns: readonly Column[]
  readonly #plain: PlainColumn[]
  readonly #footer: Footer
  readonly #out: FileOutput

  /** `file` has just been created. */
  constructor(file: OpenFile, columns: readonly Column[]) {
    this.#out = new FileOutput(file)
    this.#columns = columns
    this.#footer = new Footer(schemaOf(columns))
    this.#plain = columns.map((_, index) => emptyColumn(reused[index], columns.length))
    reused = this.#plain
    this.#out.write(MAGIC)
  }

  /** Appends the records of a block. Returns false if a field is not of its column's type: start again then. */
  append(block: Block): boolean {
    let bytes = 0
    for (const [index, { type }] of this.#columns.entries()) {
      const plain = this.#plain[index]
      if (!columnKinds[type].append(block, index, plain)) return false
      bytes += plain.bytes
    }
    this.rows += block.records
    if (bytes >= ROW_GROUP_BYTES || this.#plain[0].rows >= ROW_GROUP_ROWS) this.#endRowGroup()
    return true
  }

  /** Ends the file. Returns its size in bytes. */
  finish(): number {
    if (this.#plain[0].rows > 0) this.#endRowGroup()
    for (const part of this.#footer.parts('table version 1.0.0')) this.#out.write(part)
    this.#out.write(MAGIC)
    this.#out.flush()
    return this.#out.offset
  }

  #endRowGroup(): void {
    const rows = this.#plain[0].rows
    const chunks = this.#columns.map(({ name, type }, index) => {
      const plain = this.#plain[index]
      const metadata = writeChunk(name, columnKinds[type], plain, this.#out)
      plain.clear()
      return metadata
    })
    this.#footer.addRowGroup(rows, chunks)
  }
}

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  return [
    { name: 'schema', num_children: columns.length },
    ...columns.map(({ name, type }) => ({
      name,
      repetition_type: 'OPTIONAL' as const,
      ...columnKinds[type].schema,
    })),
  ]
}

/** The column with its memory, if that is no more than its share. */
function emptyColumn(column: PlainColumn | undefined, columns: number): PlainColumn {
  if (!column || column.values.bytes.length > (2 * ROW_GROUP_BYTES) / columns) return new PlainColumn()
  column.clear()
  return column
}
