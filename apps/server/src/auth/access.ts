import type { AccessFlags } from '../config/flags.ts'
import { exposureWarning } from './exposure.ts'
import { readTls, type TlsOptions } from './tls.ts'
import { TokenFile } from './tokenFile.ts'

/** Who may connect and who may call. */
export interface Access {
  /** Undefined: connections are plain text. */
  tls: TlsOptions | undefined
  /** Undefined: everybody may call. */
  tokens: TokenFile | undefined
}

export const openAccess: Access = { tls: undefined, tokens: undefined }

/** Reads the files that the flags name. Throws a `StartError` if a file cannot be used. */
export function readAccess(flags: AccessFlags): Access {
  const { tokenFile } = flags
  return {
    tls: readCertificates(flags),
    tokens: tokenFile === undefined ? undefined : new TokenFile(tokenFile),
  }
}

/** Reads the files of TLS alone. Throws a `StartError` if a file cannot be used. */
export function readCertificates({
  tlsCert: cert,
  tlsKey: key,
  tlsClientCa: clientCa,
}: AccessFlags): TlsOptions | undefined {
  return cert !== undefined && key !== undefined ? readTls({ cert, key, clientCa }) : undefined
}

/**
 * Returns the warning for whoever starts a server with these flags on these IP addresses, if there is
 * anything to warn of.
 */
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
