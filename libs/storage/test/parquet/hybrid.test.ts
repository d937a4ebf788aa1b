import fc from 'fast-check'
import { readRleBitPackedHybrid } from 'hyparquet/src/encoding.js'
import { expect, test } from 'vitest'
import { encodeHybrid, readHybrid } from '../../src/parquet/hybrid.ts'
import { GrowableBuffer } from '../../src/parquet/plainColumn.ts'

const cases = fc.integer({ min: 1, max: 16 }).chain(bitWidth =>
  fc.tuple(
    fc.constant(bitWidth),
    fc.array(fc.tuple(fc.nat({ max: 2 ** bitWidth - 1 }), fc.oneof(fc.constant(1), fc.nat({ max: 40 }))), {
      maxLength: 40,
    }),
    fc.nat({ max: 9 }),
  ),
)

test('hyparquet and our reader read back runs and bit-packed groups of every width', () => {
  fc.assert(
    fc.property(cases, ([bitWidth, runs, skipped]) => {
      const all = Uint16Array.from(runs.flatMap(([value, count]) => Array<number>(count).fill(value)))
      const from = Math.min(skipped, all.length)
      const expected = Array.from(all.subarray(from))
      const out = new GrowableBuffer()
      encodeHybrid(all, from, all.length, bitWidth, out)
      const bytes = out.bytes.slice(0, out.length)

      const judged = new Array<number>(expected.length)
      readRleBitPackedHybrid({ view: new DataView(bytes.buffer), offset: 0 }, bitWidth, judged, bytes.length)
      expect(judged).toEqual(expected)

      const ours: number[] = []
      readHybrid(
        new DataView(bytes.buffer),
        0,
        expected.length,
        bitWidth,
        (value, count) => ours.push(...Array<number>(count).fill(value)),
        (at, count) => {
          for (let bit = at * 8; ours.length < expected.length && count-- > 0; bit += bitWidth) {
            let value = 0
            for (let i = 0; i < bitWidth; i++) value |= ((bytes[(bit + i) >> 3] >> ((bit + i) & 7)) & 1) << i
            ours.push(value)
          }
        },
      )
      expect(ours).toEqual(expected)
    }),
    { numRuns: 3000 },
  )
})

test('a long run takes a few bytes', () => {
  const out = new GrowableBuffer()
  encodeHybrid(new Uint8Array(100_000).fill(1), 0, 100_000, 1, out)
  expect(out.length).toBeLessThan(6)
})

test.each([
  ['nothing', []],
  ['a length that does not end', [0x80, 0x80]],
  ['an empty run', [0, 0]],
])('%s is refused where values are expected', (_, bytes) => {
  const none = () => {}
  expect(() => readHybrid(new DataView(Uint8Array.from(bytes).buffer), 0, 5, 1, none, none)).toThrow(
    RangeError,
  )
})
