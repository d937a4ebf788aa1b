import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Command } from 'commander'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stride } from '../../../testing/form.ts'
import { cli, environment, main } from './support/cli.ts'
import { newDirectory } from './support/directory.ts'
import { serverOfFile } from './support/realServer.ts'

const { path: folder, remove } = newDirectory()
afterAll(remove)
const served = join(folder, 'served')
const server = serverOfFile(served)

/** Runs a line of a shell on a terminal, agrees to questions, and ends with Ctrl-C what only that ends. */
function run(line: string): Promise<{ output: string; exitCode: number | null }> {
  const onTerminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'
  // The Ctrl-C is for the program: the shell goes on to tell its exit code.
  const script = `trap : INT; ${line}`
  const env = { ...environment(server()), PATH: `${join(folder, 'bin')}:${process.env.PATH}` }
  const child = spawn('python3', ['-c', onTerminal, 'sh', '-c', script], { cwd: folder, env })
  return new Promise(resolve => {
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (text.includes('[y/N]')) child.stdin.write('y\n')
      if (text.includes('Ctrl-C ends')) child.stdin.write('\u0003')
    })
    child.once('close', exitCode => resolve({ output, exitCode }))
  })
}

beforeAll(async () => {
  mkdirSync(join(folder, 'bin'))
  symlinkSync(process.execPath, join(folder, 'bin/node'))
  symlinkSync(main, join(folder, 'bin/table-cli'))
  const sales = 'price,amount\n1.5,2\n3,4\n'
  writeFileSync(join(folder, 'sales.csv'), sales)
  writeFileSync(join(folder, 'german.csv'), 'price;amount\n1,5;2\n')
  for (const directory of ['exports', 'more']) mkdirSync(join(folder, directory))
  writeFileSync(join(folder, 'exports/may.csv'), sales)
  writeFileSync(join(folder, 'more/june.csv.gz'), gzipSync(sales))
  const files = Array.from({ length: 6 }, () => join(folder, 'sales.csv'))
  expect((await cli(server(), 'upload', ...files)).exitCode).toBe(0)
  const copy = join(folder, 'copy')
  expect((await cli(server(), 'backup', copy, '--data-dir', served)).exitCode).toBe(0)
  expect((await cli(server(), 'restore', copy, '--data-dir', join(folder, 'data'))).exitCode).toBe(0)
})

/** Returns what `--help` prints for a command, without starting a process for it. */
async function helpOf(name: string): Promise<string> {
  const commands: Record<string, Command> = await import(`../src/commands/${name}.ts`)
  let help = ''
  commands[name]
    ?.configureOutput({
      writeOut: text => {
        help += text
      },
    })
    .outputHelp()
  return help
}

/** Returns the examples that a help has. */
function examplesOf(help: string): string[] {
  const [, examples = ''] = help.split('\nExamples:\n')
  return examples.split('\n').flatMap(line => (/^ {2}\S/.test(line) ? [line.trim()] : []))
}

test('every help has examples, and each of them works', async () => {
  const help = (await cli(server(), '--help')).stdout
  const names = [
    ...(/^Commands:\n(?<list>.*?)\n\n/ms.exec(help)?.groups?.list?.matchAll(/^ {2}(\w+)/gm) ?? []),
  ]
  const commands = names.map(([, name = '']) => name).filter(name => name !== 'help')
  expect(commands).toContain('adopt')
  const { from, step } = stride(3, 1)
  const examples: string[] = []
  for (const name of ['table-cli', ...commands]) {
    const found = examplesOf(name === 'table-cli' ? help : await helpOf(name))
    expect(found, name).not.toEqual([])
    // Every form runs an example of each help.
    const chosen = found.filter((_, i) => i % step === from % found.length)
    // The examples with a cluster are tested with one: e2e/test/cluster.
    examples.push(...chosen.filter(line => !line.includes('--catalogue')))
  }
  for (const example of examples) {
    const before = readdirSync(folder)
    const { output, exitCode } = await run(example)
    expect(exitCode, `${example}\n${output}`).toBe(0)
    const made = readdirSync(folder).filter(name => !before.includes(name))
    expect(output + made, example).not.toBe('')
  }
})
