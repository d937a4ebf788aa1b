import { createHash } from 'node:crypto'

/**
 * Makes the upload-id of a file out of its name and the SHA-256 of its bytes: a UUID of version 8, whose bits are up to us
 * (RFC 9562). The same name and bytes have the same id for ever, so this must not change.
 */
export function onceId(name: string, sha256: Uint8Array): string {
  const id = createHash('sha256').update(sha256).update(name).digest().subarray(0, 16)
  id[6] = ((id[6] as number) & 0x0f) | 0x80
  id[8] = ((id[8] as number) & 0x3f) | 0x80
  return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
