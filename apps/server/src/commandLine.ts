import { StorageError, shortageOf } from '@table/storage'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type AccessFlags, accessOptions, accessWarning, contradiction, readAccess } from './access.ts'
import { StartError } from './errors.ts'
import { limitOptions, limitsOf } from './limits.ts'
import { checkOpenFiles } from './openFiles.ts'
import { type RunningServer, startServer } from './server.ts'

interface Flags extends AccessFlags {
  host?: string
  port: number
  dataDir: string
  workers: number
  [limit: string]: unknown
}

/** `npm` passes on a Ctrl-C that the terminal has already sent: a copy of the first signal is no second one, in ms. */
const SIGNAL_COPY = 1000

/** Starts the server as the flags and the environment say. Sets the exit code if it does not start. */
export async function main(): Promise<void> {
  const flags = readFlags()
  if (flags) await run(flags)
}

function readFlags(): Flags | undefined {
  const command = new Command('table-server')
    .description('Takes CSV uploads and answers column sums over gRPC.')
    .addOption(
      new Option('--host <address>', 'address to listen on (default: 127.0.0.1 and ::1)')
        .env('TABLE_HOST')
        .argParser(address),
    )
    .addOption(
      new Option('--port <number>', 'port to listen on, 0 for a free one')
        .env('TABLE_PORT')
        .default(5440)
        .argParser(wholeNumber(0, 65535)),
    )
    .addOption(
      new Option('--data-dir <path>', 'where the uploads are kept').env('TABLE_DATA_DIR').default('./data'),
    )
    .addOption(
      new Option('--workers <number>', 'worker threads')
        .env('TABLE_WORKERS')
        .default(8)
        .argParser(wholeNumber(1, 256)),
    )
    .configureHelp({ helpWidth: 110 })
    .exitOverride()
  for (const option of [...accessOptions(), ...limitOptions()]) command.addOption(option)
  try {
    const flags = command.parse().opts<Flags>()
    const problem = contradiction(flags)
    if (problem) command.error(`error: ${problem}`)
    return flags
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? 0 : 2
    return undefined
  }
}

async function run({ host, port, dataDir, workers, ...others }: Flags): Promise<void> {
  const hosts = host === undefined ? ['127.0.0.1', '::1'] : [host]
  try {
    checkOpenFiles(workers)
    const server = await startServer({
      hosts,
      port,
      dataDir,
      workers,
      access: readAccess(others),
      limits: limitsOf({ ...others }),
    })
    stopOnSignals(server)
    const warning = accessWarning(server.addresses, others)
    if (warning) console.error(warning)
    console.log(`listening on ${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}`)
  } catch (error) {
    const known = error instanceof StorageError || error instanceof StartError ? error : shortageOf(error)
    if (!known) throw error
    console.error(`error: ${known.message}`)
    process.exitCode = 1
  }
}

function stopOnSignals(server: RunningServer): void {
  let stoppingSince = 0
  const onSignal = (_name: string, number: number) => {
    if (stoppingSince === 0) {
      stoppingSince = Date.now()
      void server.stop().then(() => process.exit(0))
    } else if (Date.now() - stoppingSince > SIGNAL_COPY) process.exit(128 + number)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

function wholeNumber(min: number, max: number): (value: string) => number {
  return value => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= min && number <= max) return number
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`)
  }
}

function address(value: string): string {
  if (value !== '') return value
  throw new InvalidArgumentError('Expected an address, such as 127.0.0.1 or ::.')
}
