import { crc32 } from 'node:zlib'
import type { ColumnSource } from '../columnSource.ts'
import type { OpenFile } from '../files.ts'
import { footerFile } from '../paths.ts'
import type { Column } from '../schema.ts'
import { writeChunk } from './columnChunk.ts'
import { Footer } from './footer.ts'
import { MAGIC } from './format.ts'
import { FileOutput } from './output.ts'
import { RowGroup } from './rowGroup.ts'

/** Writes a Parquet file row group by row group, with at most one in memory. A thread writes one file at a time. */
export class ParquetWriter {
  rows = 0
  rowGroups = 0
  readonly #rowGroup: RowGroup
  readonly #footer: Footer
  readonly #out: FileOutput

  /** `file` must be new. Call `close` at the end, which does not change the file. */
  constructor(file: OpenFile, columns: readonly Column[]) {
    this.#out = new FileOutput(file)
    this.#footer = new Footer(columns, footerFile(file.path))
    this.#rowGroup = new RowGroup(columns)
    this.#out.write(MAGIC)
  }

  /** Appends the rows of a source. Returns false if a value does not fit its column's type; then start again. */
  append(source: ColumnSource): boolean {
    if (!this.#rowGroup.fits(source)) {
      this.#endRowGroup()
      this.#rowGroup.fits(source)
    }
    this.rows += source.rows
    return this.#rowGroup.append(source)
  }

  /** Ends the file. Returns the size and checksum of the file, and the size in bytes and CRC-32 of its footer. */
  finish(): { bytes: number; footerBytes: number; footerCrc: number; checksum: Uint8Array } {
    if (this.#rowGroup.rows > 0) this.#endRowGroup()
    const start = this.#out.offset
    let footerCrc = 0
    const write = (part: Uint8Array) => {
      footerCrc = crc32(part, footerCrc)
      this.#out.write(part)
    }
    for (const part of this.#footer.parts('table version 1.0.0')) write(part)
    write(MAGIC)
    this.#out.flush()
    const { offset: bytes, checksum } = this.#out
    return { bytes, footerBytes: bytes - start, footerCrc: footerCrc | 0, checksum: checksum.digest() }
  }

  close(): void {
    this.#footer.close()
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
