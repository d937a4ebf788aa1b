import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Checksum } from '../src/checksum.ts'

function checksumOf(...parts: Uint8Array[]): Uint8Array {
  const checksum = new Checksum()
  for (const part of parts) checksum.update(part)
  return checksum.digest()
}

test('the checksum equals the one that openssl computes', () => {
  // Printed by openssl mac -cipher AES-128-GCM -macopt hexkey:$(printf %032d 0) -macopt hexiv:$(printf %024d
  // 0) -in FILE GMAC
  const twos = checksumOf(Buffer.alloc(3_400_000, '2'))
  expect(Buffer.from(twos).toString('hex')).toBe('68b171eae5f4ef7f9e249862b5169c0c')
})

test('the checksum does not depend on the parts in which the bytes come', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), parts => {
      expect(checksumOf(...parts)).toEqual(checksumOf(Buffer.concat(parts)))
    }),
  )
})

test('any change of a byte, of the length or of the order changes the checksum', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 1000 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, n, change) => {
        const at = n % bytes.length
        const changed = bytes.with(at, (bytes[at] as number) ^ change)
        for (const other of [changed, bytes.subarray(1), Buffer.concat([bytes, new Uint8Array(1)])])
          expect(checksumOf(other)).not.toEqual(checksumOf(bytes))
      },
    ),
  )
})
