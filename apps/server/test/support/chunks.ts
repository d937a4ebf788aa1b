import fc from 'fast-check'

/** Returns every way to cut `bytes` into chunks, including empty ones. */
export function chunksOf(bytes: Uint8Array): fc.Arbitrary<Uint8Array[]> {
  return fc
    .array(fc.nat({ max: bytes.length }), { maxLength: 12 })
    .map(cuts => [0, ...cuts.sort((a, b) => a - b), bytes.length])
    .map(borders => borders.slice(1).map((end, index) => bytes.subarray(borders[index], end)))
}
