// The slow way to answer a new question about a column: through its values, one after the other. It works for
// every type and both formats. A question that matters gets a kernel, as the sums of this folder have.
import type { Cancellation } from '../cancellation.ts'
import { csvValues } from '../csv/values.ts'
import { parquetValues } from '../parquet/values.ts'
import { type Format, storedFile } from '../paths.ts'
import type { ColumnType, Value } from '../schema.ts'
import type { Piece } from './sharedPieces.ts'

/**
 * A question whose answer is made of partial answers, which different workers find. A partial answer is plain
 * data, so that a worker can send it.
 */
export interface Aggregate<Partial, Result> {
  /** The partial answer of no values. */
  empty(): Partial
  add(partial: Partial, values: readonly Value[]): Partial
  /** The result must be the same in any order, and however the values are divided. */
  merge(one: Partial, other: Partial): Partial
  finish(partial: Partial): Result
}

/** A column of a stored upload, or a piece of it. */
export type ColumnPiece = Pick<Piece, 'id' | 'columnIndex' | 'columns'> &
  Partial<Piece> & { format: Format; type: ColumnType }

/**
 * Yields the values of a column of a stored upload, block by block and with nulls. Nothing else may use
 * kernel memory before the last block.
 */
export function columnValues(
  dataDir: string,
  { id, format, ...column }: ColumnPiece,
  cancellation?: Cancellation,
): Generator<Value[]> {
  const path = storedFile(dataDir, id, format)
  return format === 'csv' ? csvValues(path, column, cancellation) : parquetValues(path, column, cancellation)
}

/** Returns the partial answer for a column of a stored upload or a piece of it. */
export function aggregateColumn<Partial>(
  dataDir: string,
  piece: ColumnPiece,
  { empty, add }: Pick<Aggregate<Partial, unknown>, 'empty' | 'add'>,
  cancellation?: Cancellation,
): Partial {
  let partial = empty()
  for (const values of columnValues(dataDir, piece, cancellation)) partial = add(partial, values)
  return partial
}
