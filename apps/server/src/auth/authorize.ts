import { status } from '@grpc/grpc-js'
import type { TableService } from '@table/proto'
import type { Failure } from '../grpc/call.ts'
import type { RequestHeaders } from '../grpc/requestHeaders.ts'
import type { TokenFile } from './tokenFile.ts'
import type { Scope } from './tokens.ts'

/** What each method needs. A new method does not compile before it is listed. */
export const neededScope: Record<keyof typeof TableService, Scope> = { upload: 'write', colSum: 'read' }

/** Why a call with these headers may not do what needs the `scope`, if so. It is known before a byte of the body is read. */
export function refusal(tokens: TokenFile, headers: RequestHeaders, scope: Scope): Failure | undefined {
  const values = headers.get('authorization')
  if (values.length > 1)
    return {
      code: status.UNAUTHENTICATED,
      details: `found ${values.length} headers \`authorization\`, expected one: send one token`,
    }
  const [, secret] = /^Bearer +(\S+)$/i.exec(values[0] ?? '') ?? []
  if (secret === undefined)
    return {
      code: status.UNAUTHENTICATED,
      details: 'this server wants a token: send one with the call, as metadata `authorization: Bearer TOKEN`',
    }
  const token = tokens.find(secret)
  if (!token) return { code: status.UNAUTHENTICATED, details: 'this server does not know the token' }
  if (token.scopes.has(scope)) return undefined
  return {
    code: status.PERMISSION_DENIED,
    details: `the token of ${token.name} has the scope ${[...token.scopes].join(',')}, this call needs ${scope}`,
  }
}
