import { createHash, timingSafeEqual } from 'node:crypto'

/** What a call needs: `read` for sums, `write` for uploads. Neither includes the other. */
export type Scope = 'read' | 'write'

export interface Token {
  /** SHA-256 of the token. The server stores the token itself nowhere. */
  hash: Buffer
  /** Tells people whose token this is. */
  name: string
  scopes: ReadonlySet<string>
}

const EXPECTED = 'expected HASH NAME SCOPE, such as `<64 hexadecimal digits> alice read,write`'
const known: ReadonlySet<string> = new Set<Scope>(['read', 'write'])

/**
 * Reads a token file, which has a line for each token; blank lines and lines that start with # are comments.
 * Throws an `Error` that names the wrong line. The error does not quote the line, because somebody may have
 * put a token where its hash belongs.
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
    if (!/^[0-9a-f]{64}$/i.test(hash)) fail(`the hash is not a SHA-256 hash, ${EXPECTED}`)
    const scopes = new Set(scope.split(','))
    if (!scopes.isSubsetOf(known)) fail('the scope is neither read nor write nor read,write')
    const earlier = lineOfHash.get(hash.toLowerCase())
    if (earlier !== undefined) fail(`the hash is already in line ${earlier}`)
    lineOfHash.set(hash.toLowerCase(), index + 1)
    tokens.push({ hash: Buffer.from(hash, 'hex'), name, scopes })
  }
  if (tokens.length === 0) throw new Error(`the file holds no token, ${EXPECTED}`)
  return tokens
}

/** Finds a token in constant time: the time tells neither which token matches nor whether one does. */
export function findToken(tokens: readonly Token[], secret: string): Token | undefined {
  const hash = createHash('sha256').update(secret).digest()
  let found: Token | undefined
  for (const token of tokens) if (timingSafeEqual(token.hash, hash)) found = token
  return found
}
