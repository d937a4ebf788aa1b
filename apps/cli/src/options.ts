import { resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'

/** Which files of an upload are meant. */
export type Format = 'csv' | 'parquet'

/** The option `--data-dir`, with the server's default. */
export function dataDirOption(): Option {
  return new Option('--data-dir <path>', 'the data directory of a server')
    .env('TABLE_DATA_DIR')
    .argParser((path: string) => resolve(path))
    .default(resolve('data'), './data')
}

/** The option `--format` of questions: both formats give the same answer. */
export function formatOption(): Option {
  return new Option('--format <format>', 'which files to read').choices(['csv', 'parquet']).default('parquet')
}

/** Reads the number of an upload, for commander. */
export function parseId(text: string): number {
  const id = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(id) || id === 0)
    throw new InvalidArgumentError('Expected the number of an upload.')
  return id
}
