// Makes certificates for tests. The code is ours because a bare machine has no openssl:
// https://www.rfc-editor.org/rfc/rfc5280#section-4.1
import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'

export interface Issued {
  /** Both are PEM. */
  cert: string
  key: string
}

export interface Authority extends Issued {
  /** Issues a server certificate for `localhost` and the loopback addresses, or for another name alone. */
  issue(name?: string, options?: { rsa?: boolean }): Issued
  /** Issues a client certificate, or a certificate for the given uses. */
  issueClient(name: string, uses?: readonly Use[]): Issued
}

export type Use = 'server' | 'client'

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2'
const COMMON_NAME = '2.5.4.3'
const SUBJECT_ALT_NAME = '2.5.29.17'
const BASIC_CONSTRAINTS = '2.5.29.19'
const EXTENDED_KEY_USAGE = '2.5.29.37'
const USES: Record<Use, string> = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' }

/** Makes a new authority with keys of its own. */
export function createAuthority(): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issuer = distinguishedName('test authority')
  const isAuthority = extension(BASIC_CONSTRAINTS, der(0x30, der(0x01, Buffer.of(0xff))), true)
  const issue = (name: string, uses: readonly Use[], { rsa = false } = {}) => {
    const keys = rsa
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const addresses = [Buffer.of(127, 0, 0, 1), Buffer.concat([Buffer.alloc(15), Buffer.of(1)])]
    const names = [
      der(0x82, Buffer.from(name)),
      ...(name === 'localhost' ? addresses.map(bytes => der(0x87, bytes)) : []),
    ]
    const extensions = [extension(SUBJECT_ALT_NAME, der(0x30, ...names))]
    if (uses.length > 0)
      extensions.push(
        extension(EXTENDED_KEY_USAGE, der(0x30, ...uses.map(use => objectIdentifier(USES[use])))),
      )
    const subject = distinguishedName(name)
    return {
      cert: certificate(subject, keys.publicKey, extensions, issuer, privateKey),
      key: pem(keys.privateKey),
    }
  }
  return {
    cert: certificate(issuer, publicKey, [isAuthority], issuer, privateKey),
    key: pem(privateKey),
    issue: (name = 'localhost', options) => issue(name, ['server'], options),
    issueClient: (name, uses = ['client']) => issue(name, uses),
  }
}

function certificate(
  subject: Buffer,
  publicKey: KeyObject,
  extensions: Buffer[],
  issuer: Buffer,
  issuerKey: KeyObject,
): string {
  const algorithm = der(0x30, objectIdentifier(ECDSA_WITH_SHA256))
  const day = 24 * 60 * 60 * 1000
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    issuer,
    der(0x30, utcTime(Date.now() - day), utcTime(Date.now() + day)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, ...extensions)),
  )
  const signature = sign('sha256', toBeSigned, issuerKey)
  return new X509Certificate(der(0x30, toBeSigned, algorithm, bitString(signature))).toString()
}

/** Returns a tag, the length of the content, and the content. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  // grpcio insists on as few bytes as possible.
  const long = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...(length < 0x80 ? [length] : long)]), content])
}

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const base128 = (value: number): number[] =>
    value < 0x80 ? [value] : [...base128(Math.floor(value / 0x80)).map(digit => digit | 0x80), value % 0x80]
  return der(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]))
}

function distinguishedName(commonName: string): Buffer {
  const attribute = der(0x30, objectIdentifier(COMMON_NAME), der(0x0c, Buffer.from(commonName)))
  return der(0x30, der(0x31, attribute))
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  const flag = critical ? [der(0x01, Buffer.of(0xff))] : []
  return der(0x30, objectIdentifier(id), ...flag, der(0x04, value))
}

function utcTime(time: number): Buffer {
  const digits = new Date(time).toISOString().replace(/\D/g, '').slice(2, 14)
  return der(0x17, Buffer.from(`${digits}Z`))
}

function bitString(bytes: Buffer): Buffer {
  return der(0x03, Buffer.of(0), bytes)
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
