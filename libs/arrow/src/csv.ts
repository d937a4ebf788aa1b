import { CsvWriter } from '@table/storage/csvWriter'
import type { Answer } from './column.ts'
import { cellsOf } from './texts.ts'

/** A row of texts can be long: the CSV is handed over when it has this many bytes. */
const PART_BYTES = 256 * 1024

/** Yields CSV that can be uploaded: null is an empty field, and the empty text is `""`. */
export async function* csvOf({ fields, batches }: Answer): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = new CsvWriter(fields.map(({ name }) => name))
  for await (const { rows, columns } of batches) {
    const cells = columns.map(cellsOf)
    for (let row = 0; row < rows; row++) {
      writer.writeRecord(cells.map(cellAt => cellAt(row)))
      if (writer.bytes().length >= PART_BYTES) yield Uint8Array.from(writer.take())
    }
  }
  yield writer.take()
}
