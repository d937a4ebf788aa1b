import fc from 'fast-check'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js'

/** A structure as hyparquet-writer takes it: `field_1` and so on. */
export type Struct = Record<`field_${number}`, unknown>

/** Anything that a later version of the format may put into a field. */
const { value: unknown } = fc.letrec(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.boolean(),
    fc.integer(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.string({ maxLength: 200 }),
    fc.array(fc.integer(), { minLength: 1, maxLength: 20 }),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    fc.array(tie('struct'), { minLength: 1, maxLength: 3 }),
    tie('struct'),
  ),
  struct: fc
    .array(fc.tuple(fc.integer({ min: 1, max: 40 }), tie('value')), { maxLength: 3 })
    .map(fields => Object.fromEntries(fields.map(([field, value]) => [`field_${field}`, value]))),
}))

/** Adds fields with numbers from `free` to a structure. */
export function withMore(struct: fc.Arbitrary<Struct>, free: readonly number[]): fc.Arbitrary<Struct> {
  const more = fc.array(fc.tuple(fc.constantFrom(...free), unknown), { maxLength: 2 })
  return fc
    .tuple(struct, more)
    .map(([fields, others]) =>
      Object.assign({}, fields, ...others.map(([field, value]) => ({ [`field_${field}`]: value }))),
    )
}

/** Serializes a structure. Undefined fields are left out. */
export function serialized(struct: Struct): Uint8Array {
  const writer = new ByteWriter()
  serializeTCompactProtocol(writer, inOrder(struct) as Record<string, never>)
  return writer.getBytes()
}

/** Orders the fields by number, as the writer requires. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  const fields = Object.entries(value).toSorted(([a], [b]) => Number(a.slice(6)) - Number(b.slice(6)))
  return Object.fromEntries(fields.map(([field, inner]) => [field, inOrder(inner)]))
}

/** The bytes unchanged, cut short, or with one byte changed. */
export function maybeDamaged(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const where = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
  return fc
    .tuple(bytes, fc.constantFrom('whole', 'whole', 'cut', 'changed'), where, fc.nat({ max: 255 }))
    .map(([whole, damage, at, byte]) => {
      const index = Math.floor(at * whole.length)
      if (damage === 'cut') return whole.subarray(0, index)
      return damage === 'changed' && index < whole.length ? whole.with(index, byte) : whole
    })
}
