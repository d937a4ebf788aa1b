import type { ChunkReader } from '../csv/chunks.ts'
import type { Column } from '../csv/inference.ts'
import type { OpenFile } from '../files.ts'
import { writeChunk } from './chunk.ts'
import { Footer } from './footer.ts'
import { FileOutput } from './output.ts'
import { RowGroup } from './rowGroup.ts'

const MAGIC = Uint8Array.from([0x50, 0x41, 0x52, 0x31]) // PAR1

/** Writes one Parquet file, row group by row group: at most one is in memory. One file at a time in a thread. */
export class ParquetWriter {
  rows = 0
  rowGroups = 0
  readonly #rowGroup: RowGroup
  readonly #footer: Footer
  readonly #out: FileOutput

  /** `file` has just been created. */
  constructor(file: OpenFile, columns: readonly Column[]) {
    this.#out = new FileOutput(file)
    this.#footer = new Footer(columns)
    this.#rowGroup = new RowGroup(columns)
    this.#out.write(MAGIC)
  }

  /** Appends the records of a chunk. Returns false if a field is not of its column's type: start again then. */
  append(reader: ChunkReader): boolean {
    if (!this.#rowGroup.fits(reader)) {
      this.#endRowGroup()
      this.#rowGroup.fits(reader)
    }
    this.rows += reader.records
    return this.#rowGroup.append(reader)
  }

  /** Ends the file. Returns its size and its footer's size in bytes. */
  finish(): { bytes: number; footerBytes: number } {
    if (this.#rowGroup.rows > 0) this.#endRowGroup()
    const start = this.#out.offset
    for (const part of this.#footer.parts('table version 1.0.0')) this.#out.write(part)
    this.#out.write(MAGIC)
    this.#out.flush()
    return { bytes: this.#out.offset, footerBytes: this.#out.offset - start }
  }

  #endRowGroup(): void {
    const { rows, columns } = this.#rowGroup
    this.#footer.addRowGroup(
      rows,
      columns.map(column => writeChunk(column, this.#out)),
    )
    this.#rowGroup.clear()
    this.rowGroups++
  }
}
