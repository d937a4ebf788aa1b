import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { cli, environment, main, outcomeOf } from './support/cli.ts'
import { temporaryDirectory } from './support/directory.ts'
import { serverOfFile } from './support/realServer.ts'

const server = serverOfFile()

/** Makes a directory that has the files of the examples. */
function directoryOfExamples(): string {
  const directory = temporaryDirectory()
  for (const name of ['exports', 'more']) mkdirSync(join(directory, name))
  const sales = 'id,amount\n1,2.5\n'
  writeFileSync(join(directory, 'sales.csv'), sales)
  writeFileSync(join(directory, 'exports', 'may.csv'), sales)
  writeFileSync(join(directory, 'more', 'june.csv.gz'), gzipSync(sales))
  writeFileSync(join(directory, 'german.csv'), 'id;amount\n1;2,5\n')
  return directory
}

test.each(['upload', 'check'])('the examples in the help of %s work', async command => {
  const { stdout: help } = await cli(server(), command, '--help')
  const examples = help
    .slice(help.indexOf('\nExamples:\n'))
    .split('\n')
    .slice(2)
    .map(line => line.trim())
  const directory = directoryOfExamples()
  const script = examples.filter(line => line !== '').map(line => `${line} || exit 1`)
  expect(script.length).toBeGreaterThan(2)
  const program = join(directory, 'bin', 'table-cli')
  mkdirSync(dirname(program))
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, { mode: 0o755 })
  const env = { ...environment(server()), PATH: `${dirname(program)}:${process.env.PATH}` }
  const shell = spawn('sh', ['-c', script.join('\n')], { cwd: directory, env })
  const { stdout, stderr, exitCode } = await outcomeOf(shell)
  expect([stderr.replace('bad.csv: 0 records to mend\n', ''), exitCode]).toEqual(['', 0])
  if (command === 'upload') expect(stdout).toBe('success\n'.repeat(5))
  else expect(readFileSync(join(directory, 'bad.csv'), 'latin1')).toBe('id,amount\n')
})
