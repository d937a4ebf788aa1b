import type { Result } from './query.ts'
import { jsonOf } from './texts.ts'

/** Yields one JSON array with an object for each row. Integers and decimals have all of their digits. */
export async function* jsonArray({ fields, batches }: Result): AsyncGenerator<string> {
  const keys = fields.map(({ name }) => JSON.stringify(name))
  let separator = '[\n'
  for await (const batch of batches) {
    const values = fields.map((_, i) => {
      const vector = batch.getChildAt(i)
      return vector ? jsonOf(vector) : () => 'null'
    })
    const rows = Array.from({ length: batch.numRows }, (_, row) => {
      const members = values.map((jsonAt, i) => `${keys[i]}:${jsonAt(row)}`)
      return `{${members.join()}}`
    })
    if (rows.length === 0) continue
    yield separator + rows.join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}
