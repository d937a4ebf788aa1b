import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LOG_LEVELS, readFlags } from '../../src/config/flags.ts'
import { defaultLimits, limitsOf } from '../../src/config/limits.ts'

const { argv } = process
let said = ''

beforeEach(() => {
  said = ''
  // The tests of this project set these for their servers.
  vi.stubEnv('TABLE_WORKERS', undefined)
  vi.stubEnv('TABLE_LOG_LEVEL', undefined)
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, 'write').mockImplementation(text => {
      said += text
      return true
    })
})

afterEach(() => {
  process.argv = argv
  process.exitCode = undefined
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

function flagsOf(...args: string[]) {
  process.argv = ['node', 'table-server', ...args]
  return readFlags('1.2.3')
}

/** Returns the exit code of a server that does not start, and what it says. */
function refused(...args: string[]): [number | string | null | undefined, string] {
  process.exitCode = undefined
  said = ''
  expect(flagsOf(...args)).toBeUndefined()
  return [process.exitCode, said]
}

test('without flags the server is for this machine', () => {
  const flags = flagsOf()
  expect(flags).toMatchObject({
    port: 5440,
    dataDir: './data',
    workers: 8,
    logLevel: 'info',
    http: 'on',
    allowHost: [],
    allowOrigin: [],
    engineSql: 'off',
  })
  expect(flags?.host).toBeUndefined()
  expect(limitsOf(flags ?? {})).toEqual(defaultLimits)
})

test.each<[flag: string, variable: string, text: string, name: string, value: unknown]>([
  ['--host', 'TABLE_HOST', '::', 'host', '::'],
  ['--port', 'TABLE_PORT', '0', 'port', 0],
  ['--port', 'TABLE_PORT', '65535', 'port', 65535],
  ['--data-dir', 'TABLE_DATA_DIR', '/data', 'dataDir', '/data'],
  ['--workers', 'TABLE_WORKERS', '1', 'workers', 1],
  ['--workers', 'TABLE_WORKERS', '256', 'workers', 256],
  ['--http', 'TABLE_HTTP', 'off', 'http', 'off'],
  ['--allow-host', 'TABLE_ALLOW_HOST', 'A.example.com, b_1', 'allowHost', ['a.example.com', 'b_1']],
  [
    '--allow-origin',
    'TABLE_ALLOW_ORIGIN',
    'https://a.example.com,http://localhost:3000',
    'allowOrigin',
    ['https://a.example.com', 'http://localhost:3000'],
  ],
  ...LOG_LEVELS.map(
    level =>
      ['--log-level', 'TABLE_LOG_LEVEL', level, 'logLevel', level] as [
        string,
        string,
        string,
        string,
        unknown,
      ],
  ),
])('%s and %s are %s', (flag, variable, text, name, value) => {
  expect(flagsOf(flag, text)?.[name]).toEqual(value)
  vi.stubEnv(variable, text)
  expect(flagsOf()?.[name]).toEqual(value)
})

test('names and origins may be given again', () => {
  expect(flagsOf('--allow-host', 'a', '--allow-host', 'b')?.allowHost).toEqual(['a', 'b'])
})

test.each([
  [['--host', ''], 'Expected an address, such as 127.0.0.1 or ::.'],
  [['--data-dir', ''], 'Expected a directory, such as ./data.'],
  [['--port', '65536'], 'Expected a whole number from 0 to 65535.'],
  [['--workers', '0'], 'Expected a whole number from 1 to 256.'],
  [['--workers', '257'], 'Expected a whole number from 1 to 256.'],
  [['--log-level', 'all'], 'Allowed choices are debug, info, warn, error, silent.'],
  [['--http', 'yes'], 'Allowed choices are on, off.'],
  [['--allow-host', 'a:80'], 'Expected a name without a port, such as table.example.com.'],
  [['--allow-host', 'a.'], 'Expected a name without a port'],
  [['--allow-host', '.a'], 'Expected a name without a port'],
  [['--allow-host', 'a,,b'], 'Expected a name without a port'],
  [['--allow-origin', 'https://a.example.com/'], 'Expected an origin, such as https://app.example.com.'],
  [['--allow-origin', 'app'], 'Expected an origin'],
  [['--tls-cert', 'a'], 'error: --tls-cert and --tls-key go together: found only --tls-cert'],
  [['--engine-sql'], 'error: --engine-sql needs --engine'],
  [['--what'], "error: unknown option '--what'"],
])('%j is wrong usage', (args, message) => {
  const [code, text] = refused(...args)
  expect(text).toContain(message)
  expect(code).toBe(2)
})

test('help and version are no errors', () => {
  expect(refused('--version')).toEqual([0, '1.2.3\n'])
  const [code, help] = refused('--help')
  expect(code).toBe(0)
  expect(help).toContain('table-server')
  for (const flag of [
    '--host <address>',
    '--token-file <file>',
    '--allow-origin <origin>',
    '--max-upload <size>',
    '--max-connections <number>',
    '--idle-timeout <seconds>',
  ])
    expect(help).toContain(flag)
  expect(help).toMatch(/\(default: 5440, env: TABLE_PORT\)/)
  expect(help).toMatch(/\(default: localhost, env:\s+TABLE_ALLOW_HOST\)/)
})
