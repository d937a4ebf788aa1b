import type { Kernels, ReadColumn } from '@table/kernels'
import { memory } from '../kernelMemory.ts'
import type { ColumnType } from '../schema.ts'
import type { BlockReader } from './blockReader.ts'

/** The kernel that reads the fields of a type. Every field is a text. */
const readers: Record<Exclude<ColumnType, 'text'>, (kernels: Kernels) => ReadColumn> = {
  int64: kernels => kernels.int64Column,
  double: kernels => kernels.doubleColumn,
  boolean: kernels => kernels.booleanColumn,
  date: kernels => kernels.dateColumn,
  timestamp: kernels => kernels.timestampColumn,
  'timestamp-utc': kernels => kernels.timestampUtcColumn,
}

/** In order of preference: a column is the first of these that all of its fields can be. */
const types = [...Object.keys(readers), 'text'] as ColumnType[]

/** Scanned records, whose fields' ends are in kernel memory. */
export type Records = Pick<BlockReader, 'records' | 'columns'>

/**
 * Reads a column of the block to the addresses `values` and `levels`. Returns how many fields are not null, or -1 if one is
 * not of the type.
 */
export function readColumn(
  type: Exclude<ColumnType, 'text'>,
  { records, columns }: Records,
  column: number,
  values: number,
  levels: number,
): number {
  const { kernels, ends } = memory
  return readers[type](kernels)(ends, records, columns, column, values, levels)
}

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
  readonly #possible: ColumnType[][]

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
