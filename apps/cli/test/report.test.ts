import { expect, test } from 'vitest'
import { parseAddress } from '../src/address.ts'
import { cliWith } from './support/cli.ts'
import { serve } from './support/tableServer.ts'

const nowhere = parseAddress('localhost:1')

/** Makes node run this code before the program. */
function before(code: string): Record<string, string> {
  return { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(code)}"` }
}

const line =
  'unexpected error: TypeError: a bad thing: run it again with TABLE_DEBUG=1 and report what it prints\n'

test('an unexpected error is one line, wherever it is thrown', async () => {
  const server = await serve({ describe: () => ({}) })
  for (const code of [
    "JSON.stringify = () => { throw new TypeError('a bad\\nthing') }",
    "setTimeout(() => { throw new TypeError('a bad thing') })",
    "Promise.reject(new TypeError('a bad thing'))",
  ]) {
    // The code before the program runs within it, once there are handlers.
    const env = before(`process.once('newListener', () => setImmediate(() => { ${code} }))`)
    const { stderr, exitCode } = await cliWith(env, server, 'describe', '--json')
    expect([stderr, exitCode]).toEqual([line, 1])
  }
})

test('TABLE_DEBUG=1 shows the stack', async () => {
  const env = {
    ...before(
      "process.once('newListener', () => setImmediate(() => { throw new TypeError('a bad thing') }))",
    ),
  }
  const { stderr, exitCode } = await cliWith({ ...env, TABLE_DEBUG: '1' }, nowhere, 'describe')
  expect(stderr.startsWith(`${line}TypeError: a bad thing\n    at `)).toBe(true)
  expect(exitCode).toBe(1)
})
