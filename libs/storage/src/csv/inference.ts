import { memory } from '../kernelMemory.ts'
import type { ColumnType } from '../schema.ts'
import type { BlockReader } from './blockReader.ts'
import { fixedTypes, type Records, readColumn } from './fields.ts'

/** In order of preference: a column is the first of these that all of its fields can be. */
const types: readonly ColumnType[] = [...fixedTypes, 'text']

/** Fields of a column that a guess looks at. */
const GUESS_RECORDS = 1000

/** The types of the columns as the first fields of a block would have it. */
export function guessTypes(block: Records): ColumnType[] {
  const { columns } = block
  const some = { columns, records: Math.min(block.records, GUESS_RECORDS) }
  return Array.from(
    { length: columns },
    (_, column) => types.find(type => fits(type, some, column)) as ColumnType,
  )
}

/** Finds out the type of each column from all the blocks it is shown. */
export class Inference {
  readonly #possible: (readonly ColumnType[])[]

  constructor(columns: number) {
    this.#possible = Array.from({ length: columns }, () => types)
  }

  add(reader: BlockReader): void {
    this.#possible.forEach((possible, column) => {
      if (possible.length > 1) this.#possible[column] = possible.filter(type => fits(type, reader, column))
    })
  }

  types(): ColumnType[] {
    return this.#possible.map(([first]) => first as ColumnType)
  }
}

/** Whether all fields are of the type. Overwrites the row group and the page under way. */
function fits(type: ColumnType, records: Records, column: number): boolean {
  return type === 'text' || readColumn(type, records, column, memory.page, memory.rows) >= 0
}
