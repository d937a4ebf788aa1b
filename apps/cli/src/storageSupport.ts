import zlib from 'node:zlib'
import { CliError } from './errors.ts'

/** Throws CliError if this Node lacks what the storage library needs for `purpose`: the CLI itself also runs on Node 20. */
export function expectStorage(purpose = 'read data directories'): void {
  silenceSqlite()
  if (zlib.zstdCompressSync === undefined)
    throw new CliError(
      `found Node ${process.version}, expected Node 22.15 or newer, which can ${purpose}: update Node`,
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
