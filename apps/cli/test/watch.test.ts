import { stripVTControlCharacters } from 'node:util'
import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { cli, cliOnTerminal } from './support/cli.ts'
import { serve } from './support/tableServer.ts'

const column = { name: 'x', types: [], uploads: 1n, rows: 1n, nulls: 0n, min: '1', max: '2' }

const UP = new RegExp(`${'\u001b'}\\[\\d+A${'\u001b'}\\[J`, 'g')

/** Runs on a terminal and presses Ctrl-C when the output matches `last`. */
function watched(server: Parameters<typeof cli>[0], args: string[], last: RegExp) {
  return new Promise<{ output: string; exitCode: number | null }>(resolve => {
    const child = cliOnTerminal(server, args, { TERM: 'xterm' })
    let output = ''
    child.stdout?.setEncoding('utf8').on('data', text => {
      const before = last.test(output)
      output += text
      if (!before && last.test(output)) child.stdin?.write('\u0003')
    })
    child.once('close', exitCode => resolve({ output, exitCode }))
  })
}

test('describe is repainted until Ctrl-C, also while the server fails for a moment', async () => {
  let asked = 0
  const server = await serve({
    describe: () => {
      if (++asked === 2) throw { code: status.UNAVAILABLE, details: 'draining' }
      return { columns: [column], rows: BigInt(asked) }
    },
  })
  const { output, exitCode } = await watched(server, ['describe', '--every', '0.1'], /^ +0 +3 /m)
  expect(exitCode).toBe(0)
  const pictures = stripVTControlCharacters(output.replaceAll(UP, 'NEXT')).split(/NEXT/)
  expect(pictures[0]).toMatch(/^uploads .*\n +0 +1 .*\nx .*\d\d:\d\d:\d\d, every 0\.1 s, Ctrl-C ends\r\n$/s)
  // The last answer stays, with what is wrong now.
  expect(pictures[1]).toMatch(/\n +0 +1 .*is not available now: draining.*Ctrl-C ends\r\n/s)
  expect(pictures[2]).toMatch(/\n +0 +3 /)
  expect(pictures[2]).not.toContain('draining')
  // The whole picture is replaced: 6 rows, then 7 with the error.
  expect(output.match(UP)?.slice(0, 2)).toEqual(['\u001b[6A\u001b[J', '\u001b[7A\u001b[J'])
  // No mode of the terminal was changed.
  expect(output).not.toContain('\u001b[?')
})

test('stats can be watched', async () => {
  const stats = () => ({ columns: [{ ...column, sum: '7', mean: '7' }] })
  const { output, exitCode } = await watched(
    await serve({ stats, describe: () => ({}) }),
    ['stats', 'x', '--watch'],
    /every 2 s/,
  )
  expect(output).toContain('no upload has a column "x"')
  expect(exitCode).toBe(0)
})

test('an error of the first answer ends the program', async () => {
  const server = await serve({ describe: () => ({ error: 'no' }) })
  expect(await watched(server, ['describe', '--watch'], /never/)).toEqual({
    output: '\u001b[31mno\u001b[39m\r\n',
    exitCode: 1,
  })
})

test('only tables on a terminal can be watched', async () => {
  const server = await serve({ describe: () => ({}) })
  const { stdout, stderr, exitCode } = await cli(server, 'describe', '--watch')
  expect(stderr).toMatch(
    /^error: --watch shows tables on a terminal: leave it out for --json, --csv, files and pipes \(see /,
  )
  expect([stdout, exitCode]).toEqual(['', 2])
  expect((await watched(server, ['describe', '--json', '--watch'], /never/)).exitCode).toBe(2)
  expect((await cli(server, 'describe', '--every', '0')).stderr).toContain(
    'Expected seconds from 0.1 to 86400',
  )
})
