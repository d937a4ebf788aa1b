import type { ChildProcess } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Int64, Utf8, vectorFromArray } from 'apache-arrow'
import { expect, onTestFinished, test } from 'vitest'
import type { Address } from '../../src/address.ts'
import { answerOf } from '../support/arrow.ts'
import { cliOnTerminal } from '../support/cli.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { serve } from '../support/tableServer.ts'

const CTRL_C = '\x03'
const CTRL_D = '\x04'
const UP = '\x1b[A'

/** A shell on a terminal. */
class TestShell {
  readonly #child: ChildProcess
  readonly ended: Promise<number | null>
  #output = ''

  constructor(server: Address, state = temporaryDirectory()) {
    const env = { XDG_STATE_HOME: state, NO_COLOR: '1', TERM: 'dumb' }
    this.#child = cliOnTerminal(server, ['sql'], env)
    onTestFinished(() => void this.#child.kill())
    this.#child.stdout?.setEncoding('utf8').on('data', text => {
      this.#output += text
    })
    this.ended = new Promise(resolve => this.#child.once('close', resolve))
  }

  /** Types `keys`. Resolves once the terminal has printed `text` since then. */
  async type(keys: string, text: string): Promise<void> {
    this.#output = ''
    this.#child.stdin?.write(keys)
    await this.sees(text)
  }

  async sees(text: string): Promise<void> {
    await expect.poll(() => this.#output.replaceAll('\r', '')).toContain(text)
  }
}

test('a shell answers statements of several lines, survives errors, and remembers lines in a file of its own', async () => {
  const asked: string[] = []
  const server = await serve({
    async *query({ sql }) {
      asked.push(sql)
      if (sql.includes('nope')) yield { error: 'Binder Error: there is no column "nope"' }
      else yield* answerOf({ x: vectorFromArray([42n], new Int64()) })
    },
  })
  const state = temporaryDirectory()
  const shell = new TestShell(server, state)
  await shell.sees('table> ')
  await shell.type('SELECT 42\r', '   ... ')
  await shell.type('AS "x", \';\';\r', '   42\n1 row, ')
  await shell.type('SELECT nope; SELECT 1;\r', 'there is no column "nope"\n    x\n')
  await shell.type('.tables\r', 'uploads   a row for each upload\n')
  await shell.type('.nothing\r', 'there is no .nothing: .help says what there is\n')
  await shell.type(`SELECT 'dropped${CTRL_C}`, '^C')
  await shell.type(`${UP}${UP}${UP}\r`, '1 row')
  await shell.type(CTRL_D, '\n')
  expect(await shell.ended).toBe(0)
  expect(asked).toEqual(['SELECT 42\nAS "x", \';\'', 'SELECT nope', ' SELECT 1', 'SELECT nope', ' SELECT 1'])
  const history = join(state, 'table-cli', 'sql_history')
  expect(readFileSync(history, 'utf8').split('\n').slice(0, 3)).toEqual([
    'SELECT 42',
    'AS "x", \';\';',
    'SELECT nope; SELECT 1;',
  ])
  expect(statSync(history).mode & 0o777).toBe(0o600)
  const next = new TestShell(server, state)
  await next.sees('table> ')
  await next.type(`${UP}${UP}`, '.nothing')
  await next.type(`${CTRL_C}.quit\r`, '\n')
  expect(await next.ended).toBe(0)
})

test('Ctrl-D during a query ends the shell after the answer, and after the lines that were typed ahead', async () => {
  const begun = Promise.withResolvers<void>()
  const typed = Promise.withResolvers<void>()
  const asked: string[] = []
  const server = await serve({
    async *query({ sql }) {
      asked.push(sql)
      begun.resolve()
      await typed.promise
      yield* answerOf({ x: vectorFromArray([42n], new Int64()) })
    },
  })
  const shell = new TestShell(server)
  await shell.sees('table> ')
  await shell.type('SELECT 1;\r', 'SELECT 1;')
  await begun.promise
  await shell.type(`SELECT 2;\r${CTRL_D}`, 'SELECT 2;\n')
  typed.resolve()
  await shell.sees('1 row, ')
  expect(await shell.ended).toBe(0)
  expect(asked).toEqual(['SELECT 1', 'SELECT 2'])
})

test('Ctrl-C cancels a running query and keeps the shell', async () => {
  const begun = Promise.withResolvers<void>()
  const cancelled = Promise.withResolvers<void>()
  const server = await serve({
    async *query(_, isCancelled) {
      begun.resolve()
      yield {}
      await isCancelled
      cancelled.resolve()
    },
  })
  const shell = new TestShell(server)
  await shell.sees('table> ')
  await shell.type('SELECT 1;\r', 'SELECT 1;')
  await begun.promise
  await shell.type(CTRL_C, 'the query was cancelled\n')
  await cancelled.promise
  await shell.type('.quit\r', '\n')
  expect(await shell.ended).toBe(0)
})

test('Tab completes columns, views and keywords', async () => {
  const columns = { unusual: vectorFromArray([], new Int64()), 'two words': vectorFromArray([], new Utf8()) }
  const server = await serve({ query: () => answerOf(columns) })
  const shell = new TestShell(server)
  await shell.sees('table> ')
  await shell.type('SELECT unu\t', 'unusual')
  await shell.type(', "tw\t', '"two words"')
  await shell.type(' FR\t', 'FROM')
  await shell.type(' upl\t', 'uploads')
  await shell.type(`${CTRL_C}.sch\t`, '.schema')
  await shell.type(`${CTRL_C}.quit\r`, '\n')
  expect(await shell.ended).toBe(0)
})
