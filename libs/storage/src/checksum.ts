import { createCipheriv, createSecretKey } from 'node:crypto'

/** The size of a checksum. */
export const CHECKSUM_BYTES = 16

// The key is all zeros: the checksum guards against accidents, not against somebody who makes two texts with
// the same checksum.
const key = createSecretKey(Buffer.alloc(16))
const nonce = Buffer.alloc(12)

/**
 * Computes AES-128-GMAC as a checksum: 128 bits at a tenth of SHA-256's cost.
 * docs/decisions/0006-checksums.md says why, and how to compute the checksum with `openssl mac`.
 */
export class Checksum {
  readonly #mac = createCipheriv('aes-128-gcm', key, nonce)

  update(bytes: Uint8Array): void {
    this.#mac.setAAD(bytes)
  }

  /** Returns the checksum of all bytes so far. Call this once, after the last `update`. */
  digest(): Uint8Array {
    this.#mac.final()
    return this.#mac.getAuthTag()
  }
}
