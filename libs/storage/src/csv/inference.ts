import { memory } from '../kernelMemory.ts'
import type { ColumnType } from '../schema.ts'
import type { BlockReader } from './blockReader.ts'
import { fixedTypes, type Records, readColumn } from './fields.ts'

/** The types in order of preference: a column gets the first type that fits all of its fields. */
const types: readonly ColumnType[] = [...fixedTypes, 'text']

/** How many fields of a column a guess looks at. */
const GUESS_RECORDS = 1000

/** Guesses the types of the columns from the first fields of a block. */
export function guessTypes(block: Records): ColumnType[] {
  const some = { ...block, records: Math.min(block.records, GUESS_RECORDS) }
  return Array.from(
    { length: block.columns },
    (_, column) => types.find(type => fits(type, some, column)) as ColumnType,
  )
}

/** Finds the type of each column from all blocks that it is shown. */
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

/** Returns whether all fields are of the type. Overwrites the row group and the page that are in kernel memory. */
function fits(type: ColumnType, records: Records, column: number): boolean {
  return type === 'text' || readColumn(type, records, column, memory.page, memory.rows) >= 0
}
