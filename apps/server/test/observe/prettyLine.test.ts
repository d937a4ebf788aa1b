import { expect, test } from 'vitest'
import { prettyLine } from '../../src/observe/prettyLine.ts'

const time = new Date(2026, 10, 29, 9, 5, 7).toISOString()
const line = (fields: object) => JSON.stringify({ level: 'info', time, ...fields })

test('a line for people has the time of this place, the level, the message and the fields', () => {
  const fields = {
    msg: 'call',
    method: 'GET /uploads',
    rows: 3,
    access: 'plain text',
    addresses: ['127.0.0.1', '::1'],
    allow_host: [],
    limits: { uploads: 1, columns: 2 },
  }
  expect(prettyLine(line(fields), false)).toBe(
    '09:05:07 INFO  call method="GET /uploads" rows=3 access="plain text" addresses=127.0.0.1,::1 allow_host=none limits.uploads=1 limits.columns=2\n',
  )
})

test('only warnings and errors have a colour, and only where colours are wanted', () => {
  const warning = line({ level: 'warn', msg: 'a' })
  expect(prettyLine(warning, true)).toBe('09:05:07 \x1b[33mWARN \x1b[0m a\n')
  expect(prettyLine(warning, false)).toBe('09:05:07 WARN  a\n')
  expect(prettyLine(line({ msg: 'a' }), true)).toBe('09:05:07 INFO  a\n')
})

test('a stack has a line for each of its own', () => {
  const error = line({
    level: 'error',
    msg: 'broken',
    err: { type: 'Error', stack: 'Error: broken\n    at x' },
  })
  expect(prettyLine(error, false)).toBe('09:05:07 ERROR broken\nError: broken\n    at x\n')
})

test('control characters of clients do not reach the terminal', () => {
  const text = 'a\x1b[2Jb\nc\x9bd\x7f'
  const shown = prettyLine(line({ msg: text, reason: text, err: { stack: text } }), false)
  expect(shown.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  expect(shown).toContain('a\\x1b[2Jb')
})
