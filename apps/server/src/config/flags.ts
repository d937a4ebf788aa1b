import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { clusterOptions, clusterProblem, type GivenClusterFlags } from './clusterFlags.ts'
import { limitOptions, wholeNumber } from './limits.ts'

/** From the most lines to none. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const

/** The paths that decide who may connect and call. */
export interface AccessFlags {
  tlsCert?: string
  tlsKey?: string
  tlsClientCa?: string
  tokenFile?: string
}

/** Who may use HTTP beside gRPC. */
export interface HttpFlags {
  http: 'on' | 'off'
  allowHost: string[]
  allowOrigin: string[]
}

export interface Flags extends AccessFlags, HttpFlags, GivenClusterFlags {
  host?: string
  port: number
  dataDir: string
  workers: number
  logLevel: string
  [limit: string]: unknown
}

/**
 * Reads the flags and the environment variables. Sets the exit code and returns undefined if the server
 * should not start.
 */
export function readFlags(version: string): Flags | undefined {
  const command = new Command('table-server')
    .description('Takes CSV uploads and answers column sums over gRPC and HTTP.')
    .version(version)
    .addOption(
      new Option('--host <address>', 'address to listen on (default: 127.0.0.1 and ::1)')
        .env('TABLE_HOST')
        .argParser(address),
    )
    .addOption(
      new Option('--port <number>', 'port to listen on, 0 for any free port')
        .env('TABLE_PORT')
        .default(5440)
        .argParser(wholeNumber(0, 65535)),
    )
    .addOption(
      new Option('--data-dir <path>', 'where the uploads are kept; in a cluster, what is under way')
        .env('TABLE_DATA_DIR')
        .default('./data')
        .argParser(directory),
    )
    .addOption(
      new Option('--workers <number>', 'worker threads')
        .env('TABLE_WORKERS')
        .default(8)
        .argParser(wholeNumber(1, 256)),
    )
    .addOption(
      new Option('--log-level <level>', 'what goes to stderr; a call is a line of info')
        .env('TABLE_LOG_LEVEL')
        .default('info')
        .choices(LOG_LEVELS),
    )
    .configureHelp({ helpWidth: 110 })
    .exitOverride()
  const options = [...accessOptions(), ...httpOptions(), ...clusterOptions(), ...limitOptions()]
  for (const option of options) command.addOption(option)
  try {
    const flags = command.parse().opts<Flags>()
    const problem = contradiction(flags) ?? clusterProblem(flags, process.argv)
    if (problem) command.error(`error: ${problem}`)
    return flags
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? 0 : 2
    return undefined
  }
}

export function accessOptions(): Option[] {
  const file = (flag: string, variable: string, what: string) =>
    new Option(`${flag} <file>`, what).env(variable)
  return [
    file('--tls-cert', 'TABLE_TLS_CERT', "the server's certificate, in PEM; plain text if not given"),
    file('--tls-key', 'TABLE_TLS_KEY', 'the private key of that certificate, in PEM'),
    file('--tls-client-ca', 'TABLE_TLS_CLIENT_CA', 'clients must have a certificate from this authority'),
    file('--token-file', 'TABLE_TOKEN_FILE', 'calls must bring a token that is listed here'),
  ]
}

export function httpOptions(): Option[] {
  return [
    new Option('--http <on|off>', 'HTTP beside gRPC, on the same port')
      .env('TABLE_HTTP')
      .default('on')
      .choices(['on', 'off']),
    new Option('--allow-host <name>', 'a name of this server for HTTP; may be given again')
      .env('TABLE_ALLOW_HOST')
      .default([], 'localhost')
      .argParser(collect(hostName)),
    new Option('--allow-origin <origin>', 'pages from there may use HTTP; may be given again')
      .env('TABLE_ALLOW_ORIGIN')
      .default([], 'none')
      .argParser(collect(origin)),
  ]
}

/** Collects values that are given one by one, or in one variable with commas between them. */
function collect(read: (text: string) => string): (value: string, previous: string[]) => string[] {
  return (value, previous) => [...previous, ...value.split(',').map(text => read(text.trim()))]
}

function hostName(text: string): string {
  if (/^[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?$/i.test(text)) return text.toLowerCase()
  throw new InvalidArgumentError('Expected a name without a port, such as table.example.com.')
}

function origin(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text
  throw new InvalidArgumentError('Expected an origin, such as https://app.example.com.')
}

/** Returns why these flags exclude each other, or undefined if they do not. */
export function contradiction({ tlsCert, tlsKey, tlsClientCa }: AccessFlags): string | undefined {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    return `--tls-cert and --tls-key go together: found only ${tlsCert === undefined ? '--tls-key' : '--tls-cert'}`
  if (tlsClientCa !== undefined && tlsCert === undefined)
    return '--tls-client-ca needs --tls-cert and --tls-key: only TLS knows certificates'
  return undefined
}

function directory(value: string): string {
  if (value !== '') return value // An empty path would be the working directory.
  throw new InvalidArgumentError('Expected a directory, such as ./data.')
}

function address(value: string): string {
  if (value !== '') return value
  throw new InvalidArgumentError('Expected an address, such as 127.0.0.1 or ::.')
}
