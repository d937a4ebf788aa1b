import { Option } from 'commander'
import { exposureWarning } from './exposure.ts'
import { readTls, type TlsOptions } from './tls.ts'
import { TokenFile } from './tokenFile.ts'

/** Paths, as the flags give them. */
export interface AccessFlags {
  tlsCert?: string
  tlsKey?: string
  tlsClientCa?: string
  tokenFile?: string
}

/** Who may connect, and who may call. */
export interface Access {
  /** Plain text if there are none. */
  tls: TlsOptions | undefined
  /** If there are none, everybody may call. */
  tokens: TokenFile | undefined
}

export const openAccess: Access = { tls: undefined, tokens: undefined }

export function accessOptions(): Option[] {
  const file = (flag: string, variable: string, what: string) =>
    new Option(`${flag} <file>`, what).env(variable)
  return [
    file('--tls-cert', 'TABLE_TLS_CERT', "the server's certificate, in PEM; without it plain text"),
    file('--tls-key', 'TABLE_TLS_KEY', 'its private key, in PEM'),
    file('--tls-client-ca', 'TABLE_TLS_CLIENT_CA', 'clients must have a certificate from this authority'),
    file('--token-file', 'TABLE_TOKEN_FILE', 'calls must bring a token that is listed here'),
  ]
}

/** What is wrong with these flags together, if anything. */
export function contradiction({ tlsCert, tlsKey, tlsClientCa }: AccessFlags): string | undefined {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    return `--tls-cert and --tls-key go together: found only ${tlsCert === undefined ? '--tls-key' : '--tls-cert'}`
  if (tlsClientCa !== undefined && tlsCert === undefined)
    return '--tls-client-ca needs --tls-cert and --tls-key: only TLS knows certificates'
  return undefined
}

/** Reads the files. Throws a `StartError` if one cannot be used. */
export function readAccess({
  tlsCert: cert,
  tlsKey: key,
  tlsClientCa: clientCa,
  tokenFile,
}: AccessFlags): Access {
  const tls = cert !== undefined && key !== undefined ? readTls({ cert, key, clientCa }) : undefined
  return { tls, tokens: tokenFile === undefined ? undefined : new TokenFile(tokenFile) }
}

/** What to tell the one who starts a server with these flags on these IP addresses, if anything. */
export function accessWarning(
  addresses: readonly string[],
  { tlsCert, tlsClientCa, tokenFile }: AccessFlags,
): string | undefined {
  return exposureWarning(addresses, {
    tls: tlsCert !== undefined,
    clientCertificates: tlsClientCa !== undefined,
    tokens: tokenFile !== undefined,
    open: process.env.TABLE_OPEN === '1',
  })
}
