import { ServiceError } from '@table/table'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Turns the text form of a UUID (RFC 9562) into its 16 bytes. `name` names the UUID in errors. */
export function uuidBytes(name: string, text: string): Uint8Array {
  if (UUID.test(text)) return Uint8Array.from(Buffer.from(text.replaceAll('-', ''), 'hex'))
  throw new ServiceError(
    'invalid-request',
    `${name}: found "${text.slice(0, 80)}", expected a UUID such as 0b9c6d3e-5f0a-4c6e-8f57-3f5a2f1d9b42`,
  )
}
