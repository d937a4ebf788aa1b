import { resolve } from 'node:path'
import zlib from 'node:zlib'
import { InvalidArgumentError, Option } from 'commander'
import { CliError } from './errors.ts'

/** Which files of an upload are meant. */
export type Format = 'csv' | 'parquet'

/** The option `--data-dir`, with the server's default. */
export function dataDirOption(): Option {
  return new Option('--data-dir <path>', 'the data directory of a server')
    .env('TABLE_DATA_DIR')
    .argParser((path: string) => resolve(path))
    .default(resolve('data'), './data')
}

/** Throws CliError if this Node cannot read data directories: the CLI itself also runs on Node 20. */
export function expectStorage(): void {
  silenceSqlite()
  if (zlib.zstdCompressSync === undefined)
    throw new CliError(
      `found Node ${process.version}, expected Node 22.15 or newer, which can read data directories: update Node`,
    )
}

/** Node 22 warns that SQLite is experimental. All other warnings stay. */
function silenceSqlite(): void {
  const printers = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', warning => {
    if (!/SQLite is an experimental/.test(warning.message)) for (const print of printers) print(warning)
  })
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
