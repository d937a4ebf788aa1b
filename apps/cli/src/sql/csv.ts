import { CsvWriter } from '@table/storage'
import type { Result } from './query.ts'
import { cellsOf } from './texts.ts'

/** Yields CSV that can be uploaded: null is an empty field, and the empty text is `""`. */
export async function* csvOf({ fields, batches }: Result): AsyncGenerator<Uint8Array> {
  const writer = new CsvWriter(fields.map(({ name }) => name))
  for await (const batch of batches) {
    const columns = fields.map((_, i) => {
      const vector = batch.getChildAt(i)
      return vector ? cellsOf(vector) : () => null
    })
    for (let row = 0; row < batch.numRows; row++) writer.writeRecord(columns.map(cellAt => cellAt(row)))
    yield Uint8Array.from(writer.take())
  }
  yield writer.take()
}
