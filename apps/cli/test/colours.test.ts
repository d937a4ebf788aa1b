import { expect, test } from 'vitest'
import { cliOnTerminal, cliWith, outcomeOf } from './support/cli.ts'
import { serve } from './support/tableServer.ts'

const columns = [{ name: 'x', types: [], uploads: 1n, rows: 1n, nulls: 0n, min: '1', max: '2' }]
const BOLD = '\u001b[1mcolumn'
const RED = '\u001b[31merror: unknown command'
const YELLOW = '\u001b[33mno upload has a column'

test('headers, errors and hints have colours on a terminal, but not with NO_COLOR', async () => {
  const server = await serve({
    describe: () => ({ columns }),
    colSum: () => ({ total: 0n }),
  })
  const onTerminal = async (env: Record<string, string>) => {
    let output = ''
    for (const args of [['describe'], ['descripe'], ['sum', 'y']])
      output += (await outcomeOf(cliOnTerminal(server, args, { TERM: 'xterm-256color', ...env }))).stdout
    return output
  }
  const coloured = await onTerminal({})
  for (const text of [BOLD, RED, YELLOW]) expect(coloured).toContain(text)
  expect(await onTerminal({ NO_COLOR: '1' })).not.toContain('\u001b[')
})

test('a pipe has no colours, unless FORCE_COLOR asks for them', async () => {
  const server = await serve({ describe: () => ({ columns }) })
  expect((await cliWith({}, server, 'describe')).stdout).not.toContain('\u001b[')
  expect((await cliWith({ FORCE_COLOR: '1' }, server, 'describe')).stdout).toContain(BOLD)
  expect((await cliWith({ FORCE_COLOR: '1' }, server, 'descripe')).stderr).toContain(RED)
})
