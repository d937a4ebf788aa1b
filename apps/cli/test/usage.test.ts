import { expect, test } from 'vitest'
import { parseAddress } from '../src/address.ts'
import { cli } from './support/cli.ts'

const nowhere = parseAddress('localhost:1')

test.each([
  ['uplod', "error: unknown command 'uplod' (Did you mean upload?) (see table-cli --help)"],
  ['upload', "error: missing required argument 'file' (see table-cli upload --help)"],
  ['sum', "error: missing required argument 'column' (see table-cli sum --help)"],
  ['csvsum x y', /^error: too many arguments for 'csvsum'.* \(see table-cli csvsum --help\)$/],
  ['verify here', /^error: too many arguments for 'verify'.* \(see table-cli verify --help\)$/],
  [
    'upload x --encoding utf-77',
    /^error: .* 'utf-77' is invalid\. Expected utf-16le, windows-1252 or another /,
  ],
  ['upload x --encoding iso-2022-jp', /^error: .* 'iso-2022-jp' is invalid\. /],
  ['upload x --delimiter "', /^error: .* '"' is invalid\. Expected one or more characters, without quotes/],
  ['upload x --columns a,,b', /^error: .* 'a,,b' is invalid\. Expected NAME,NAME,\.\.\. /],
  ['upload x --line-end lf', /^error: .* 'lf' is invalid\. Allowed choices are cr\. /],
  ['upload - x -', 'error: standard input (-) can be read only once (see table-cli upload --help)'],
  ['upload x --jobs 101', /^error: .* '101' is invalid\. Expected a whole number from 1 to 100\. /],
  ['sum x --format arrow', /^error: .* 'arrow' is invalid\. Allowed choices are csv, parquet\. /],
  ['bigdata --rows 0', /^error: .* '0' is invalid\. Expected a whole number from 1 to 4000000\. /],
  ['bigdata --batches 1e3', /^error: .* '1e3' is invalid\. Expected a whole number from 1 to 1000000\. /],
  ['verify --data-dir ', /^error: .* '' is invalid\. Expected a directory, such as \.\/data\. /],
  ['rm 1 --data-dir ', /^error: .* '' is invalid\. Expected a directory, such as \.\/data\. /],
  ['--server here: sum x', /^error: .* 'here:' is invalid\. Expected HOST or HOST:PORT\. /],
])('"%s" is wrong usage', async (args, message) => {
  const { stdout, stderr, exitCode } = await cli(nowhere, ...args.split(' '))
  const lines = stderr.split('\n')
  expect(lines.length).toBe(2)
  if (typeof message === 'string') expect(lines[0]).toBe(message)
  else expect(lines[0]).toMatch(message)
  expect([stdout, exitCode]).toEqual(['', 2])
})

test('without a command the help goes to standard error', async () => {
  const { stdout, stderr, exitCode } = await cli(nowhere)
  expect(stderr).toContain('Usage: table-cli')
  expect([stdout, exitCode]).toEqual(['', 2])
})

test('help goes to standard output', async () => {
  for (const args of [['--help'], ['upload', '--help'], ['bigdata', '--help']]) {
    const { stdout, stderr, exitCode } = await cli(nowhere, ...args)
    expect(stdout).toContain('--server <host:port>')
    expect([stderr, exitCode]).toEqual(['', 0])
  }
})

test('help names a default only where an option has a value', async () => {
  for (const command of ['ls', 'upload', 'rm', 'describe', 'sql']) {
    const { stdout } = await cli(nowhere, command, '--help')
    expect(stdout).not.toMatch(/\(default:\s+(null|false|undefined)\)/)
  }
})

test('--server goes before TABLE_SERVER, in front of the command or after it', async () => {
  const reach = 'cannot reach localhost:2: start the server with npm start, or name it with --server\n'
  for (const args of ['--server localhost:2 sum x', 'sum x --server localhost:2']) {
    expect(await cli(nowhere, ...args.split(' '))).toEqual({ stdout: '', stderr: reach, exitCode: 1 })
  }
})

test('--version prints the version', async () => {
  expect(await cli(nowhere, '--version')).toEqual({ stdout: '1.0.0\n', stderr: '', exitCode: 0 })
})
