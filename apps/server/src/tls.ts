import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { ServerCredentials } from '@grpc/grpc-js'
import { StartError } from './errors.ts'
import { readSecurityFile } from './securityFile.ts'

/** Paths of PEM files. */
export interface TlsFiles {
  /** The server's certificate, and those between it and its authority. */
  cert: string
  key: string
  /** The authority that clients' certificates must come from; without it no client needs one. */
  clientCa?: string | undefined
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/**
 * Throws a `StartError` that names the file that cannot be used. Node's own checks come late and name none, and an
 * authority that it cannot read is one to it that nobody comes from.
 */
export function readCredentials({ cert, key, clientCa }: TlsFiles): ServerCredentials {
  const chain = readSecurityFile('--tls-cert', cert)
  const privateKey = readSecurityFile('--tls-key', key)
  const authority = clientCa === undefined ? null : readSecurityFile('--tls-client-ca', clientCa)
  const [certificate] = certificates('--tls-cert', cert, chain)
  if (clientCa !== undefined && authority) certificates('--tls-client-ca', clientCa, authority)
  if (!certificate?.checkPrivateKey(parseKey(key, privateKey)))
    throw new StartError(
      `the key in --tls-key ${key} does not belong to the certificate in --tls-cert ${cert}: give the one that it was made with`,
    )
  return ServerCredentials.createSsl(
    authority,
    [{ cert_chain: chain, private_key: privateKey }],
    authority !== null,
  )
}

function certificates(flag: string, path: string, pem: Buffer): X509Certificate[] {
  try {
    const found = pem.toString('latin1').match(CERTIFICATE)
    if (found) return found.map(text => new X509Certificate(text))
  } catch {}
  throw new StartError(`${flag} ${path} does not hold certificates in PEM: expected BEGIN CERTIFICATE`)
}

function parseKey(path: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new StartError(`--tls-key ${path} does not hold a private key in PEM, without a passphrase`)
  }
}
