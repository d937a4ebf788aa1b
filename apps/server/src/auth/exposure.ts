import { BlockList, isIPv6 } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

export interface Protection {
  tls: boolean
  clientCertificates: boolean
  tokens: boolean
  /** The operator has said that everybody may use the server. */
  open: boolean
}

/**
 * Returns the warning for whoever starts a server on these IP addresses, or undefined if the server is
 * protected or only this machine reaches it.
 */
export function exposureWarning(
  addresses: readonly string[],
  { tls, clientCertificates, tokens, open }: Protection,
): string | undefined {
  const exposed = addresses.find(address => !loopback.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'))
  if (exposed === undefined || clientCertificates) return undefined
  if (tokens)
    return tls
      ? undefined
      : `tokens and data come to ${exposed} as plain text: give --tls-cert and --tls-key, or --host 127.0.0.1 behind a proxy that does TLS`
  return open
    ? undefined
    : `everybody who reaches ${exposed} can upload, read and delete: give --token-file or --tls-client-ca, or set TABLE_OPEN=1 if that is intended`
}
