// Reads the fields of scanned records as values, with the kernel of their type.
import type { Kernels, ReadColumn } from '@table/kernels'
import type { FixedType, ValuesRead } from '../columnSource.ts'
import { memory } from '../kernelMemory.ts'

/** The kernel that reads the fields of a type. Text needs none, because every field is a text. */
const readers: Record<FixedType, (kernels: Kernels) => ReadColumn> = {
  int64: kernels => kernels.int64Column,
  double: kernels => kernels.doubleColumn,
  boolean: kernels => kernels.booleanColumn,
  date: kernels => kernels.dateColumn,
  timestamp: kernels => kernels.timestampColumn,
  'timestamp-utc': kernels => kernels.timestampUtcColumn,
}

/** Scanned records. The ends of their fields are in kernel memory. */
export interface Records {
  readonly records: number
  readonly columns: number
  /** They are of an upload that is stored, so that a column has the type that it got, even if its fields are text today: `007`. */
  readonly stored: boolean
  /** How many records are before them in `ends`. */
  readonly skipped: number
}

/** The types that have a kernel, in order of preference. */
export const fixedTypes = Object.keys(readers) as FixedType[]

/**
 * Reads a column of the block to the addresses `values` and `levels`. Returns how many fields are not null,
 * or -1 if a field is not of the type.
 */
export function readColumn(
  type: FixedType,
  { records, columns, stored, skipped }: Records,
  column: number,
  values: number,
  levels: number,
): number {
  const { kernels, ends } = memory
  return readers[type](kernels)(
    ends + 4 * columns * skipped,
    records,
    columns,
    column,
    values,
    levels,
    stored,
  )
}

/** Returns the room that `readTexts` needs for values, see `ColumnSource`. */
export function textBytes({ records, columns, skipped }: Records, column: number): number {
  const { kernels, ends } = memory
  return kernels.textBytes(ends + 4 * columns * skipped, records, columns, column)
}

/** Writes the texts of a column that are not null, each after its length in 4 bytes, and a level for each field. */
export function readTexts(
  { records, columns, skipped }: Records,
  column: number,
  values: number,
  levels: number,
): ValuesRead {
  const { kernels, ends } = memory
  const bytes = kernels.textColumn(ends + 4 * columns * skipped, records, columns, column, values, levels)
  return { count: kernels.textCount(), bytes }
}
