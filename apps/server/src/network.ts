import { isIPv6 } from 'node:net'

/**
 * What limits for an address count as one: of IPv6 the first 64 bits, because a client has all addresses behind them and can take another
 * one for each connection.
 */
export function networkOf(address = ''): string {
  const ipv4 = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(ipv4)) return ipv4
  const [head = '', tail] = ipv4.replace(/%.*/, '').split('::')
  const groups = head === '' ? [] : head.split(':')
  const last = tail ? tail.split(':') : []
  const zeros = tail === undefined ? 0 : 8 - groups.length - last.length
  return [...groups, ...Array<string>(zeros).fill('0'), ...last].slice(0, 4).join(':')
}
