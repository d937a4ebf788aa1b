import { randomBytes } from 'node:crypto'

/**
 * Returns a new name for the objects of an upload: a UUID of version 7 (RFC 9562), which begins with the time. So a list of the store,
 * which is in the order of names, has uploads nearly in the order of their commits.
 */
export function newObjectName(): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
