import { ServiceError } from '@table/table'

/** Where an engine listens. `text` can be shown: it has no token. */
export interface EngineAddress {
  text: string
  host: string
  port: number
  tls: boolean
  token: string | undefined
}

const PORT = 15_002

/**
 * Reads the addresses of engines, separated by commas, as Spark's own clients write them: `sc://HOST[:PORT][/;use_ssl=true;token=TOKEN]`.
 * Throws `invalid-request`.
 */
export function engineAddresses(text: string): EngineAddress[] {
  return text.split(',').map(engineAddress)
}

function engineAddress(text: string, place: number): EngineAddress {
  const refused = (found: string) =>
    new ServiceError(
      'invalid-request',
      `engine address ${place + 1}: found ${found}, expected sc://HOST:PORT, or with /;use_ssl=true;token=TOKEN behind it`,
    )
  const [, authority = '', settings = ''] = /^sc:\/\/([^/;]+)(?:\/?;(.*)|\/)?$/.exec(text) ?? []
  const parsed = URL.parse(`http://${authority}`)
  if (authority === '' || !parsed || parsed.username || parsed.password)
    throw refused(`"${text.replace(/;.*/s, ';…').replace(/\/\/.*@/s, '//…@')}"`)
  const address = { host: parsed.hostname, port: Number(portOf(authority) ?? PORT), tls: false }
  let token: string | undefined
  for (const setting of settings.split(';').filter(part => part !== '')) {
    const [name = '', value = ''] = setting.split(/=(.*)/s)
    if (name === 'use_ssl' && (value === 'true' || value === 'false')) address.tls = value === 'true'
    else if (name === 'token' && value !== '') token = decodeURIComponent(value)
    else throw refused(`the setting "${name}"`)
  }
  if (token !== undefined && !address.tls) throw refused('a token without use_ssl=true')
  return { ...address, token, text: `sc://${address.host}:${address.port}` }
}

/** A URL of HTTP forgets port 80. */
function portOf(authority: string): string | undefined {
  return /:(\d+)$/.exec(authority)?.[1]
}
