import { ServiceError } from '@table/table'
import type { TokenFile } from './tokenFile.ts'
import type { Scope } from './tokens.ts'

/**
 * Returns why a request with these `authorization` headers lacks the `scope`, or undefined if it may proceed.
 * Call this before a byte of the body is read.
 */
export function refusal(
  tokens: TokenFile,
  authorization: readonly string[],
  scope: Scope,
): ServiceError | undefined {
  if (authorization.length > 1)
    return new ServiceError(
      'unauthenticated',
      `found ${authorization.length} headers \`authorization\`, expected one: send one token`,
    )
  const [, secret] = /^Bearer +(\S+)$/i.exec(authorization[0] ?? '') ?? []
  if (secret === undefined)
    return new ServiceError(
      'unauthenticated',
      'this server wants a token: send one with the call, as metadata `authorization: Bearer TOKEN`',
    )
  const token = tokens.find(secret)
  if (!token) return new ServiceError('unauthenticated', 'this server does not know the token')
  if (token.scopes.has(scope)) return undefined
  return new ServiceError(
    'forbidden',
    `the token of ${token.name} has the scope ${[...token.scopes].join(',')}, this call needs ${scope}`,
  )
}
