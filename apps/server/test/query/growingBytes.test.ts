import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { GrowingBits, GrowingBytes } from '../../src/query/growingBytes.ts'

test('bytes come one after the other, however many, and again after a new start', () => {
  const values = new GrowingBytes()
  for (let time = 0; time < 2; time++) {
    values.append(Buffer.from('ab'))
    const at = values.extend(3)
    expect(at).toBe(2)
    values.memory.fill(7, at, at + 3)
    values.append(Buffer.alloc(5000, 1))
    values.append(Buffer.alloc(3, 2))
    expect(Buffer.from(values.content)).toEqual(
      Buffer.concat([Buffer.from('ab'), Buffer.alloc(3, 7), Buffer.alloc(5000, 1), Buffer.alloc(3, 2)]),
    )
    values.length = 0
  }
})

test('memory grows in steps, not with each byte', () => {
  const values = new GrowingBytes()
  const memories = new Set<unknown>()
  for (let i = 0; i < 100_000; i++) {
    values.extend(1)
    memories.add(values.memory)
  }
  expect(memories.size).toBeLessThan(10)
})

test('bits are where they are expected, after any number of others', () => {
  const part = fc.oneof(
    fc.array(fc.boolean(), { maxLength: 70 }),
    fc.integer({ min: 0, max: 40 }), // so many that are all 1
  )
  const bits = new GrowingBits()
  expect([bits.length, bits.zeros, bits.content.length]).toEqual([0, 0, 0])
  const property = fc.property(fc.array(part, { maxLength: 5 }), parts => {
    bits.clear()
    const expected: boolean[] = []
    for (const part of parts) {
      if (typeof part === 'number') {
        bits.append(undefined, part)
        expected.push(...Array.from({ length: part }, () => true))
      } else {
        // What is behind the bits does not count.
        const bytes = new Uint8Array(Math.ceil(part.length / 8) + 1).fill(0xff)
        part.forEach((bit, i) => {
          if (!bit) bytes[i >> 3] = (bytes[i >> 3] as number) & ~(1 << (i & 7))
        })
        bits.append(bytes, part.length)
        expected.push(...part)
      }
    }
    expect(bits.length).toBe(expected.length)
    expect(bits.zeros).toBe(expected.filter(bit => !bit).length)
    expect(bits.content.length).toBe(Math.ceil(expected.length / 8))
    const found = Array.from(bits.content, byte => Array.from({ length: 8 }, (_, i) => (byte >> i) & 1))
    expect(found.flat().map(Boolean)).toEqual(
      expected.concat(Array.from({ length: 8 * bits.content.length - expected.length }, () => false)),
    )
  })
  fc.assert(property, { numRuns: randomCases(2000) })
})
