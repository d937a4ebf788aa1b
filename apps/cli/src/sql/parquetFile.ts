import { UnfitAnswer } from '@table/arrow'
import { parquetOf } from '@table/arrow/parquet'
import { CliError, oneLine } from '../errors.ts'
import { answerOf } from './columns.ts'
import type { Result } from './query.ts'

/** Yields a Parquet file. Throws CliError before the first byte if the answer cannot be one. */
export async function* parquetFile(result: Result): AsyncGenerator<Uint8Array> {
  try {
    yield* parquetOf(answerOf(result))
  } catch (error) {
    throw error instanceof UnfitAnswer ? new CliError(oneLine(error.message), { cause: error }) : error
  }
}
