import { randomBytes } from 'node:crypto'
import { uuidText } from '@table/table'

/** Returns a new name for the objects of an upload. */
export function newObjectName(): string {
  return objectName(Date.now(), randomBytes(16))
}

/**
 * Names objects by a UUID of version 7 (RFC 9562), which begins with the time, in ms since 1970. So a list of the store, which is in the order
 * of names, has uploads nearly in the order of their commits. `bytes`: 16 of them, which are overwritten.
 */
export function objectName(time: number, bytes: Buffer): string {
  bytes.writeUIntBE(time, 0, 6)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return uuidText(bytes)
}
