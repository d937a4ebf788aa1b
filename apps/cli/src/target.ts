import { readFileSync } from 'node:fs'
import { BlockList, isIP, isIPv6 } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Command } from 'commander'
import type { Address } from './address.ts'
import { CliError } from './errors.ts'

/** A server, and the credentials for it. */
export interface Target extends Address {
  /** Undefined: the connection is plain text. */
  tls?: { context: SecureContext; hasCertificate: boolean }
  /** Sent with every call. */
  token?: string
}

/** The options that every command has. */
export interface ServerOptions {
  server: Address
  ca?: string
  cert?: string
  key?: string
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/**
 * Returns the server that the options of `command` and the environment name. Ends with wrong usage if options
 * do not go together. Throws CliError if a file cannot be used.
 */
export function targetOf(command: Command): Target {
  const { server, ca, cert, key } = command.optsWithGlobals<ServerOptions>()
  if ((cert === undefined) !== (key === undefined)) command.error('error: --cert and --key go together')
  if (cert !== undefined && ca === undefined)
    command.error('error: --cert and --key need --ca: only TLS knows them')
  const target: Target = { ...server }
  if (ca !== undefined)
    target.tls = { context: secureContext(ca, cert, key), hasCertificate: cert !== undefined }
  const token = process.env.TABLE_TOKEN
  if (token) target.token = checkedToken(token, target)
  return target
}

function secureContext(ca: string, cert?: string, key?: string): SecureContext {
  const authorities = read('--ca', ca)
  // Node takes a file without certificates for an authority that signed no certificates.
  if (!authorities.includes('-----BEGIN CERTIFICATE-----'))
    throw new CliError(`--ca ${ca} does not hold a certificate in PEM: give that of the server's authority`)
  const identity = cert && key ? { cert: read('--cert', cert), key: read('--key', key) } : {}
  try {
    return createSecureContext({ ca: authorities, ...identity })
  } catch (error) {
    const what = `cannot use --cert ${cert} with --key ${key} (${(error as Error).message})`
    throw new CliError(`${what}: give a certificate and its private key in PEM, without a passphrase`)
  }
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new CliError(
      `cannot read ${option} ${path} (${(error as NodeJS.ErrnoException).code}): check the path`,
    )
  }
}

function checkedToken(token: string, { host, name, tls }: Target): string {
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new CliError('TABLE_TOKEN is not a token: it has spaces, line ends or letters beyond ASCII')
  if (!tls && !isLoopback(host))
    throw new CliError(
      `TABLE_TOKEN would go to ${name} as plain text, for everybody on the way to read: use TLS (--ca), or unset TABLE_TOKEN`,
    )
  return token
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) !== 0 && loopback.check(host, isIPv6(host) ? 'ipv6' : 'ipv4'))
}
