import { isIPv6 } from 'node:net'

/**
 * The network that an address counts for: of IPv6 the first 64 bits. A single machine mostly has the rest for itself, and can take
 * another address for each connection.
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
