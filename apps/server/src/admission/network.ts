import { isIPv6 } from 'node:net'

/**
 * Returns the network that stands for an address in all counts. For IPv6 this is the first 64 bits: a single
 * machine often owns the other 64 and could use a new address for each connection.
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
