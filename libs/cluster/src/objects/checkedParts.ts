import { CHECKSUM_BYTES, Checksum, damagedFile } from '@table/storage'

/**
 * Yields the bytes of an object, read section by section. `ends`: where the sections end. `checksums`: one after the other; undefined if
 * nobody knows them. Throws StorageError `damaged` at the end of a section that has another checksum.
 */
export async function* checkedParts(
  key: string,
  ends: readonly number[],
  checksums: Uint8Array | undefined,
  read: (start: number, end: number) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let start = 0
  for (const [i, end] of ends.entries()) {
    const checksum = new Checksum()
    for await (const part of read(start, end)) {
      checksum.update(part)
      yield part
    }
    const expected = checksums?.subarray(i * CHECKSUM_BYTES, (i + 1) * CHECKSUM_BYTES)
    if (expected && Buffer.compare(checksum.digest(), expected) !== 0)
      throw damagedFile(key, 'has other bytes than when it was stored')
    start = end
  }
}
