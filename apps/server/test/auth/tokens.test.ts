import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { findToken, parseTokens } from '../../src/auth/tokens.ts'

const hash = (secret: string) => createHash('sha256').update(secret).digest('hex')

test('a token is found by its hash alone', () => {
  const text = `# who may do what\n\n${hash('a')} alice read,write\r\n  ${hash('b').toUpperCase()}\tbob   read \n`
  const tokens = parseTokens(text)
  expect(findToken(tokens, 'a')).toMatchObject({ name: 'alice', scopes: new Set(['read', 'write']) })
  expect(findToken(tokens, 'b')).toMatchObject({ name: 'bob', scopes: new Set(['read']) })
  for (const other of ['', 'A', 'ab', hash('a')]) expect(findToken(tokens, other)).toBeUndefined()
})

const good = `${hash('a')} alice read\n`

test.each([
  ['nothing', '', 'the file holds no token'],
  ['comments alone', '# nobody\n\n', 'the file holds no token'],
  ['a field too few', `${good}${hash('b')} read\n`, 'line 2: found 2 fields'],
  ['a field too many', `${hash('b')} bob read write\n`, 'line 1: found 4 fields'],
  ['a short hash', `#\n${hash('b').slice(1)} bob read\n`, 'line 2: the hash is not a SHA-256 hash'],
  ['a hash with more before it', `g${hash('b')} bob read\n`, 'line 1: the hash is not a SHA-256 hash'],
  ['a hash with more behind it', `${hash('b')}g bob read\n`, 'line 1: the hash is not a SHA-256 hash'],
  ['a token in place of its hash', `${'g'.repeat(64)} bob read\n`, 'line 1: the hash is not a SHA-256 hash'],
  ['an unknown scope', `${hash('b')} bob read,admin\n`, 'line 1: the scope is neither'],
  ['an empty scope', `${hash('b')} bob ,\n`, 'line 1: the scope is neither'],
  ['a hash twice', `${good}${hash('a').toUpperCase()} eve write\n`, 'line 2: the hash is already in line 1'],
])('%s is refused with its line, which is not quoted', (_what, text, words) => {
  const refusal = (() => {
    try {
      return `accepted ${parseTokens(text)}`
    } catch (error) {
      return (error as Error).message
    }
  })()
  expect(refusal).toContain(words)
  for (const secret of ['b', 'g'].map(letter => text.match(new RegExp(`${letter}\\S{62,}`))?.[0]))
    if (secret) expect(refusal).not.toContain(secret)
})
