// Keeps pages of other sites away from a server that only their visitor's browser reaches, such as one on localhost.
import type { IncomingHttpHeaders } from 'node:http'
import { isIPv4, isIPv6 } from 'node:net'
import { ServiceError } from '@table/table'

/** Names in lower case, origins such as `https://app.example.com`. */
export interface Sites {
  /** The names by which clients may reach the server, besides IP addresses and localhost. */
  hosts: readonly string[]
  /** The origins whose pages may use the server. */
  origins: readonly string[]
}

/**
 * Refuses a request for a name that is not the server's. Otherwise the owner of a domain could let its name
 * point to the visitor's machine (DNS rebinding), and the browser would take our answers for the page's own.
 * Nobody can do so with an address. With TLS no name is refused: the certificate has proved it.
 */
export function checkHost(hosts: readonly string[], { hosts: allowed }: Sites, tls: boolean): void {
  const [host = ''] = hosts
  const [, bracketed, plain = ''] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/i.exec(host) ?? []
  const name = plain.toLowerCase()
  if (hosts.length !== 1 || (bracketed === undefined ? name === '' : !isIPv6(bracketed)))
    throw new ServiceError(
      'invalid-request',
      `Host: found ${hosts.length === 1 ? `"${host.slice(0, 80)}"` : `${hosts.length} headers`}, expected one header with a name or an address`,
    )
  const known = bracketed !== undefined || isIPv4(name) || name === 'localhost' || allowed.includes(name)
  if (known || tls) return
  throw new ServiceError(
    'forbidden',
    `Host: found the name "${name.slice(0, 80)}", expected an IP address or a name of this server: start the server with --allow-host ${name.slice(0, 80)} if that is its name`,
  )
}

/**
 * Refuses a request that comes from a page of another site. Clients that are no browsers send none of these
 * headers. Returns the origin if it is one that `--allow-origin` names.
 */
export function checkOrigin(headers: IncomingHttpHeaders, { origins }: Sites): string | undefined {
  const { origin, host, 'sec-fetch-site': site } = headers
  if (origin !== undefined && origins.includes(origin)) return origin
  if (origin !== undefined && !isSame(origin, host))
    throw foreign(`Origin: found "${origin.slice(0, 80)}"`, origin)
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw foreign(`Sec-Fetch-Site: found "${String(site).slice(0, 80)}"`, 'ORIGIN')
  return undefined
}

function isSame(origin: string, host = ''): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, host: authority } = new URL(origin)
  // The parser leaves the default port of the protocol out, on both sides.
  const own = `${protocol}//${host}`
  return /^https?:$/.test(protocol) && URL.canParse(own) && new URL(own).host === authority
}

function foreign(found: string, origin: string): ServiceError {
  return new ServiceError(
    'forbidden',
    `${found}, expected a page of this server or no page: start the server with --allow-origin ${origin.slice(0, 80)} if pages from there may use it`,
  )
}
