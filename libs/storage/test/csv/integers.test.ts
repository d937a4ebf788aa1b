import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { splitInt64 } from '../../src/csv/integers.ts'

const MIN = -(2n ** 63n)
const MAX = 2n ** 63n - 1n

/** Reads the number from between other digits, so that reading beyond its ends would show. */
function split(text: string): bigint | undefined {
  const bytes = Buffer.from(`9${text}9`)
  const out = new Float64Array(2)
  if (!splitInt64(bytes, 1, bytes.length - 1, out)) return undefined
  return BigInt(out[0]) * 1_000_000_000n + BigInt(out[1])
}

/** The rule, implemented by other means. */
function expected(text: string): bigint | undefined {
  if (!/^-?\d+$/.test(text)) return undefined
  const value = BigInt(text)
  return value >= MIN && value <= MAX ? value : undefined
}

const edges = [0n, 10n ** 9n, 10n ** 15n, 10n ** 16n, 10n ** 18n, 2n ** 31n, 2n ** 32n, 2n ** 53n, MAX, MIN]
const numbers = fc.oneof(
  fc.bigInt({ min: MIN, max: MAX }),
  fc.bigInt({ min: MIN * 20n, max: MAX * 20n }),
  fc
    .tuple(fc.constantFrom(...edges), fc.integer({ min: -3, max: 3 }))
    .map(([edge, off]) => edge + BigInt(off)),
  fc
    .tuple(fc.nat({ max: 19 }), fc.integer({ min: -2, max: 2 }))
    .map(([e, off]) => 10n ** BigInt(e) + BigInt(off)),
)
const texts = fc.oneof(
  fc.tuple(fc.constantFrom('', '0', '00000000000000000000'), fc.nat()).map(([zeros, n]) => zeros + n),
  numbers.map(String),
  numbers.map(n => `-${n}`),
  fc
    .array(fc.constantFrom('0', '9', '-', '+', '.', ' ', ':', '/', 'e'), { maxLength: 22 })
    .map(c => c.join('')),
)

test('splitInt64 reads what BigInt reads, and nothing else', () => {
  fc.assert(
    fc.property(texts, text => {
      expect(split(text)).toBe(expected(text))
    }),
    { numRuns: randomCases(20_000) },
  )
})

test('an empty field before a minus is no number', () => {
  const bytes = Buffer.from('-5')
  expect(splitInt64(bytes, 0, 0, new Float64Array(2))).toBe(false)
})
