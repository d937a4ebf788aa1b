import { connect } from 'node:tls'
import { oneLine } from './errors.ts'
import type { Target } from './target.ts'

/** In ms. After this time without an answer, the address counts as wrong. */
export const CONNECT_LIMIT = 3000

export interface Failure {
  cause: NodeJS.ErrnoException | undefined
  /** The server took the connection and, with TLS, showed a certificate that we trust. */
  met: boolean
  /** The server did not answer within the limit. */
  late: boolean
}

/** Returns one line that says why there is no connection, and what to do. */
export async function whyUnreachable(target: Target, failure: Failure): Promise<string> {
  const { name } = target
  const { cause, met, late } = failure
  if (target.tls && !late) {
    if (met)
      return target.tls.hasCertificate
        ? `${name} does not accept the certificate in --cert: ask for one from the authority that it trusts`
        : `${name} wants a certificate: give yours with --cert and --key`
    const problem = problemOfCertificate(target, cause)
    if (problem) return problem
    if (cause?.code?.startsWith('ERR_SSL_') || cause?.code === 'EPROTO')
      return `${name} does not speak TLS: leave --ca out, or start the server with --tls-cert and --tls-key`
  }
  if (!target.tls && met && !late && (await speaksTls(target)))
    return `${name} speaks TLS: give the certificate of its authority with --ca`
  return `cannot reach ${name}: start the server with npm start, or name it with --server`
}

function problemOfCertificate(
  { name, host }: Target,
  cause: NodeJS.ErrnoException | undefined,
): string | undefined {
  switch (cause?.code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${name} is not for ${host} (${oneLine(cause.message)}): name the server as its certificate does`
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `the certificate of ${name} is not valid today (${cause.code}): give the server another, or set the clock`
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'CERT_SIGNATURE_FAILURE':
      return `the certificate of ${name} is not from the authority in --ca (${cause.code}): give the right one's, or name the right server`
    default:
      return undefined
  }
}

/** Returns whether a server that hung up on plain text speaks TLS. */
function speaksTls({ host, port }: Target): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port, rejectUnauthorized: false, timeout: CONNECT_LIMIT })
    const settle = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('secureConnect', () => settle(true))
    socket.once('timeout', () => settle(false))
    socket.once('close', () => settle(false))
    socket.on('error', () => settle(false))
  })
}
