import { createCipheriv, createSecretKey } from 'node:crypto'

/** Of a checksum. */
export const CHECKSUM_BYTES = 16

// All zeros: everybody can compute the checksum, nobody is kept from making two texts with the same one.
const key = createSecretKey(Buffer.alloc(16))
const nonce = Buffer.alloc(12)

/**
 * AES-128-GMAC, as a checksum: 128 bits, at a tenth of SHA-256's cost. Against accidents, not against forgers. Why, and how to
 * compute it with `openssl mac`: docs/decisions/0006-checksums.md
 */
export class Checksum {
  readonly #mac = createCipheriv('aes-128-gcm', key, nonce)

  update(bytes: Uint8Array): void {
    this.#mac.setAAD(bytes)
  }

  /** Of everything so far. Only once, and nothing after it. */
  digest(): Uint8Array {
    this.#mac.final()
    return this.#mac.getAuthTag()
  }
}
