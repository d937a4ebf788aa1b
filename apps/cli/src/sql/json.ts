import { type Answer, jsonValuesOf } from '@table/arrow'

/** Yields one JSON array with an object for each row. Integers and decimals have all of their digits. */
export async function* jsonArray({ fields, batches }: Answer): AsyncGenerator<string> {
  const keys = fields.map(({ name }) => JSON.stringify(name))
  let separator = '[\n'
  for await (const { rows, columns } of batches) {
    const values = columns.map(jsonValuesOf)
    const objects = Array.from({ length: rows }, (_, row) => {
      const members = values.map((jsonAt, i) => `${keys[i]}:${jsonAt(row)}`)
      return `{${members.join()}}`
    })
    yield separator + objects.join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}
