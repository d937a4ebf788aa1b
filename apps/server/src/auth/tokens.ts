import { createHash, timingSafeEqual } from 'node:crypto'

/** What a call needs: `read` reads sums, `write` uploads. Neither contains the other. */
export type Scope = 'read' | 'write'

export interface Token {
  /** SHA-256 of the token, which is itself nowhere on the server. */
  hash: Buffer
  /** Whose it is, for people. */
  name: string
  scopes: ReadonlySet<string>
}

const EXPECTED = 'expected HASH NAME SCOPE, such as `<64 hexadecimal digits> alice read,write`'
const known: ReadonlySet<string> = new Set<Scope>(['read', 'write'])

/**
 * Reads a token file: a line for each token, blank lines and lines that start with # for people. Throws an `Error` that
 * says which line is wrong. It quotes none: somebody may have put a token in where its hash belongs.
 */
export function parseTokens(text: string): Token[] {
  const tokens: Token[] = []
  const lineOfHash = new Map<string, number>()
  for (const [index, line] of text.split('\n').entries()) {
    const fields = line.trim().split(/\s+/)
    if (fields[0] === '' || fields[0]?.startsWith('#')) continue
    const fail = (what: string): never => {
      throw new Error(`line ${index + 1}: ${what}`)
    }
    const [hash = '', name = '', scope = ''] = fields
    if (fields.length !== 3) fail(`found ${fields.length} fields, ${EXPECTED}`)
    if (!/^[0-9a-f]{64}$/i.test(hash)) fail(`the hash is not one of SHA-256, ${EXPECTED}`)
    const scopes = new Set(scope.split(','))
    if (!scopes.isSubsetOf(known)) fail('the scope is neither read nor write nor read,write')
    const earlier = lineOfHash.get(hash.toLowerCase())
    if (earlier !== undefined) fail(`the hash stands in line ${earlier} already`)
    lineOfHash.set(hash.toLowerCase(), index + 1)
    tokens.push({ hash: Buffer.from(hash, 'hex'), name, scopes })
  }
  if (tokens.length === 0) throw new Error(`there is no token in it, ${EXPECTED}`)
  return tokens
}

/** Takes the same time whichever token it is, and whether it is one. */
export function findToken(tokens: readonly Token[], secret: string): Token | undefined {
  const hash = createHash('sha256').update(secret).digest()
  let found: Token | undefined
  for (const token of tokens) if (timingSafeEqual(token.hash, hash)) found = token
  return found
}
