import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { cli, environment, main } from '../support/cli.ts'
import { newDirectory } from '../support/directory.ts'
import { serverOfFile } from '../support/realServer.ts'

const { path: folder, remove } = newDirectory()
afterAll(remove)
const server = serverOfFile(join(folder, 'served'))
const here = join(folder, 'here')

/** How each shell starts without the user's files. A shell that is not installed is left out, but bash is always there. */
const shells = Object.entries({
  bash: ['--norc', '--noprofile', '-i'],
  zsh: ['-f', '-i'],
  fish: ['--no-config', '-i'],
}).filter(([shell]) => shell === 'bash' || isInstalled(shell))

function isInstalled(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const hostile = [
  'price$(touch pwned)',
  'price`touch pwned`',
  'price; touch pwned',
  'price\ttouch',
  "price'",
  'price*',
]

beforeAll(async () => {
  mkdirSync(join(folder, 'bin'))
  mkdirSync(here)
  symlinkSync(process.execPath, join(folder, 'bin/node'))
  symlinkSync(main, join(folder, 'bin/table-cli'))
  writeFileSync(join(here, 'sales of may.csv'), '')
  const header = [...hostile, 'price_net', 'überschuss'].map(name => JSON.stringify(name)).join()
  const file = join(folder, 'columns.csv')
  writeFileSync(file, `${header}\n${header.replace(/[^,]+/g, '1')}\n`)
  expect((await cli(server(), 'upload', file)).exitCode).toBe(0)
})

const ready = 'ready> '

/**
 * Types a line that ends in Tab into a shell on a terminal, and returns what the shell makes of it: its words. The shell's own
 * `printf`, typed before the line, shows them.
 */
async function completed(shell: string, args: string[], line: string): Promise<string[]> {
  const onTerminal = 'import pty, sys; pty.spawn(sys.argv[1:])'
  const env = {
    ...environment(server()),
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    PS1: ready,
    HOME: folder,
    TERM: 'xterm',
  }
  const child = spawn('python3', ['-c', onTerminal, shell, ...args], { cwd: here, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  let shown = ''
  let wake = () => {}
  child.stdout.setEncoding('utf8').on('data', text => {
    shown += text
    wake()
  })
  const until = async (pattern: RegExp) => {
    while (!pattern.test(shown))
      await new Promise<void>(resolve => {
        wake = resolve
      })
    const found = pattern.exec(shown)?.[0] ?? ''
    shown = ''
    return found
  }
  const setUp = {
    bash: 'source <(table-cli completion bash)',
    zsh: 'bindkey -e; source <(table-cli completion zsh)',
    fish: 'table-cli completion fish | source',
  }[shell]
  child.stdin.write(`${setUp}; printf '%s%s' set up\n`)
  await until(/setup/)
  // Ctrl-A moves to the begin of the line.
  child.stdin.write(`${line}\t\u0001printf '<%s>' \n`)
  const words = await until(/<table-cli>(<[^>]*>)*/)
  return [...words.matchAll(/<([^>]*)>/g)].map(([, word = '']) => word)
}

describe.each(shells)('%s', (shell, args) => {
  test.each([
    ['table-cli desc', ['table-cli', 'describe']],
    ['table-cli sum --form', ['table-cli', 'sum', '--format']],
    ['table-cli sum --format par', ['table-cli', 'sum', '--format', 'parquet']],
    ['table-cli upload sal', ['table-cli', 'upload', 'sales of may.csv']],
    ['table-cli sum pri', ['table-cli', 'sum', 'price_net']],
    ['table-cli stats price_net üb', ['table-cli', 'stats', 'price_net', 'überschuss']],
    ['table-cli get 1', ['table-cli', 'get', '1']],
  ])('%s', async (line, words) => {
    // A shell goes without the names of columns if the server does not answer at once.
    await expect.poll(() => completed(shell, args, line)).toEqual(words)
    expect(readdirSync(here)).toEqual(['sales of may.csv'])
  })

  test('a server that cannot be reached completes nothing, and shows no error', async () => {
    const line = 'table-cli --server 127.0.0.1:1 sum pri'
    await expect.poll(() => completed(shell, args, line)).toEqual(line.split(' '))
  })
})
