import {
  type Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  type StatusObject,
  status,
} from '@grpc/grpc-js'
import { TableService } from '@table/proto'
import type { TokenFile } from './tokenFile.ts'
import type { Scope } from './tokens.ts'

/** What each method needs. A new method does not compile before it is listed. */
const needed: Record<keyof typeof TableService, Scope> = { upload: 'write', colSum: 'read' }

const scopeOfPath = new Map<string, Scope>(
  Object.entries(TableService).map(([name, { path }]) => [path, needed[name as keyof typeof needed]]),
)

/**
 * Refuses calls that bring no token that allows them. It answers to the headers of a call: grpc-js asks for the message, and
 * `takeOver` hands one over, only after the metadata has passed here.
 */
export function authorize(tokens: TokenFile): ServerInterceptor {
  return ({ path }, call) =>
    new ServerInterceptingCall(call, {
      start: next =>
        next({
          onReceiveMetadata: (metadata, pass) => {
            const refused = refusal(tokens, metadata, scopeOfPath.get(path))
            if (refused) call.sendStatus(refused)
            else pass(metadata)
          },
        }),
    })
}

/** `scope` is undefined for a method that is not listed: nobody may call it. */
function refusal(
  tokens: TokenFile,
  metadata: Metadata,
  scope: Scope | undefined,
): Pick<StatusObject, 'code' | 'details'> | undefined {
  const values = metadata.get('authorization')
  const [, secret] = /^Bearer +(\S+)$/i.exec(String(values[0] ?? '')) ?? []
  if (values.length !== 1 || secret === undefined)
    return {
      code: status.UNAUTHENTICATED,
      details: 'this server wants a token: send one with the call, as metadata `authorization: Bearer TOKEN`',
    }
  const token = tokens.find(secret)
  if (!token) return { code: status.UNAUTHENTICATED, details: 'this server does not know the token' }
  if (scope && token.scopes.has(scope)) return undefined
  return {
    code: status.PERMISSION_DENIED,
    details: `the token of ${token.name} has the scope ${[...token.scopes].join(',')}, this call needs ${scope}`,
  }
}
