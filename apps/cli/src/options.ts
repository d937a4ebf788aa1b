import { resolve } from 'node:path'
import { Option } from 'commander'

/** The option `--data-dir`, with the server's default. */
export function dataDirOption(): Option {
  return new Option('--data-dir <path>', 'the data directory of a server')
    .env('TABLE_DATA_DIR')
    .argParser((path: string) => resolve(path))
    .default(resolve('data'), './data')
}
