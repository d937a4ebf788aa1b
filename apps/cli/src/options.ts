import { resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'

/** Which files of an upload are meant. */
export type Format = 'csv' | 'parquet'

/** The option `--data-dir`, with the server's default. */
export function dataDirOption(): Option {
  return new Option('--data-dir <path>', 'the data directory of a server')
    .env('TABLE_DATA_DIR')
    .argParser(parseDirectory)
    .default(resolve('data'), './data')
}

/** Reads the path of a directory, for commander. */
export function parseDirectory(path: string): string {
  if (path !== '') return resolve(path) // An empty path would be the working directory.
  throw new InvalidArgumentError('Expected a directory, such as ./data.')
}

/** The options that say where the data of a cluster is, as the server has them. */
export function clusterOptions(): Option[] {
  return [
    new Option('--catalogue <url>', 'the database of a cluster, such as postgres://table@db/table').env(
      'TABLE_CATALOGUE',
    ),
    new Option('--objects <url>', 'where its files are, such as s3://bucket/prefix').env('TABLE_OBJECTS'),
    new Option('--s3-endpoint <url>', "the address of its object store; Amazon's if not given").env(
      'TABLE_S3_ENDPOINT',
    ),
  ]
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
