import { isIPv6 } from 'node:net'
import { InvalidArgumentError } from 'commander'

export const DEFAULT_PORT = 5440

export interface Address {
  host: string
  port: number
  /** The address as it is written: `localhost:5440`, `[::1]:5440`. */
  name: string
}

const HOST_AND_PORT = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:/[\]\s]+))(?::(?<port>\d{1,5}))?$/

/** Reads `host`, `host:port`, `[IPv6]:port` or an IPv6 address. Throws commander's InvalidArgumentError. */
export function parseAddress(text: string): Address {
  const { bracketed, plain, port } = HOST_AND_PORT.exec(isIPv6(text) ? `[${text}]` : text)?.groups ?? {}
  const host = bracketed ?? plain
  const number = port === undefined ? DEFAULT_PORT : Number(port)
  if (host === undefined || (bracketed !== undefined && !isIPv6(bracketed)) || number < 1 || number > 65535) {
    throw new InvalidArgumentError('Expected HOST or HOST:PORT.')
  }
  return { host, port: number, name: `${bracketed === undefined ? host : `[${host}]`}:${number}` }
}
