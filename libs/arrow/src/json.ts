import type { Answer, ArrowColumn } from './column.ts'
import { cellsOf } from './texts.ts'
import { isNumber, typeName } from './type.ts'

/** In characters. The JSON is handed over when it is so long. */
const PART_LENGTH = 256 * 1024

/**
 * Yields one JSON object: `columns` with the name and type of each, and `rows` with an array for each row, on a line of its own. A number
 * that a program would round when it reads the JSON as doubles is a text: integers beyond 2^53, and decimals.
 */
export async function* jsonOf({ fields, batches }: Answer): AsyncGenerator<string, void, undefined> {
  const columns = fields.map(({ name, type }) => ({ name, type: typeName(type) }))
  let text = `{"columns":${JSON.stringify(columns)},"rows":[`
  let separator = '\n'
  for await (const { rows, columns } of batches) {
    const values = columns.map(unroundedOf)
    for (let row = 0; row < rows; row++) {
      text += `${separator}[${values.map(jsonAt => jsonAt(row)).join()}]`
      separator = ',\n'
      if (text.length < PART_LENGTH) continue
      yield text
      text = ''
    }
  }
  yield `${text}\n]}\n`
}

/** Returns the JSON of each value of a column, by its row: a number has all of its digits where JSON has such a number, or else is a text. */
export function jsonValuesOf(column: ArrowColumn): (row: number) => string {
  const { type } = column
  // JSON has neither NaN nor infinities: they become texts.
  if (isNumber(type)) return jsonWhere(column, text => !/^-?[NI]/.test(text))
  return jsonWhere(column, () => type.name === 'bool')
}

function unroundedOf(column: ArrowColumn): (row: number) => string {
  const { type } = column
  if (type.name === 'decimal' && type.scale > 0) return jsonWhere(column, () => false)
  if (type.name === 'decimal' || (type.name === 'int' && type.bits === 64))
    return jsonWhere(column, text => Number.isSafeInteger(Number(text)))
  return jsonValuesOf(column)
}

/** Returns the JSON of each value: as it is if JSON has it, or else as a text. */
function jsonWhere(column: ArrowColumn, isJson: (text: string) => boolean): (row: number) => string {
  const cellAt = cellsOf(column)
  return row => {
    const text = cellAt(row)
    if (text === null) return 'null'
    return isJson(text) ? text : JSON.stringify(text)
  }
}
