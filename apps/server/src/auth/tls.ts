import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { TlsOptions as NodeTlsOptions, SecureContextOptions, TLSSocket } from 'node:tls'
import { readFileOfFlag, StartError } from '../config/startError.ts'

export interface TlsFiles {
  /** The server's certificate, followed by the intermediate certificates up to its authority. */
  cert: string
  key: string
  /** The authority that signs the clients' certificates. Without this file, clients need no certificate. */
  clientCa?: string | undefined
}

/** The options of Node's TLS servers. */
export type TlsOptions = SecureContextOptions & NodeTlsOptions

/**
 * Allows every cipher of TLS 1.3. Of TLS 1.2, allows only those with forward secrecy and authenticated
 * encryption, as HTTP/2 requires (RFC 9113, 9.2.2).
 */
const CIPHERS = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE+AESGCM',
  'ECDHE+CHACHA20',
].join(':')
/** How long a client may take for the TLS handshake, in ms. */
const HANDSHAKE_LIMIT = 10_000

/** The extended key usage of client certificates: https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12 */
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/**
 * Reads and checks the PEM files. Throws a `StartError` that names the file that cannot be used. Node's own
 * checks come late and name no file, and Node takes an unreadable authority for one that signed nobody's
 * certificate.
 */
export function readTls({ cert, key, clientCa }: TlsFiles): TlsOptions {
  const chain = readFileOfFlag('--tls-cert', cert)
  const privateKey = readFileOfFlag('--tls-key', key)
  const authority = clientCa === undefined ? null : readFileOfFlag('--tls-client-ca', clientCa)
  const [certificate] = certificates('--tls-cert', cert, chain)
  if (clientCa !== undefined && authority) certificates('--tls-client-ca', clientCa, authority)
  if (!certificate?.checkPrivateKey(parseKey(key, privateKey)))
    throw new StartError(
      `the key in --tls-key ${key} does not belong to the certificate in --tls-cert ${cert}: give the key that the certificate was made with`,
    )
  return {
    cert: chain,
    key: privateKey,
    ...(authority && { ca: authority, requestCert: true }),
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    handshakeTimeout: HANDSHAKE_LIMIT,
  }
}

/**
 * Returns whether the client's certificate is meant for clients. Node checks that the certificate comes from
 * the authority, but also accepts a certificate that names no use, such as the server's own or the
 * authority's.
 */
export function showsClient(socket: TLSSocket): boolean {
  const certificate = socket.getPeerX509Certificate()
  return certificate !== undefined && !certificate.ca && certificate.keyUsage?.includes(CLIENT_AUTH)
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
