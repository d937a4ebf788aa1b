import fc from 'fast-check'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { serialize } from '../../src/parquet/thrift.ts'
import { ThriftReader } from '../../src/parquet/thriftReader.ts'

/** Returns a reader that has so many bytes at a time in memory. */
function readerOf(bytes: Uint8Array, part = bytes.length, length = bytes.length): ThriftReader {
  let at = 0
  return new ThriftReader(length, () => {
    at += part
    // Each part is valid until the next one.
    return Uint8Array.from(bytes.subarray(at - part, at))
  })
}

function bytesOf(struct: Record<string, unknown>): Uint8Array {
  const out = new ByteWriter()
  serialize(out, struct)
  return new Uint8Array(out.getBytes())
}

const value = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 52n), max: 2n ** 52n }),
  fc.uint8Array({ maxLength: 40 }),
  fc.array(fc.integer(), { minLength: 1, maxLength: 20 }),
  fc.record({ field_1: fc.integer(), field_40: fc.boolean() }),
)
const structs = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 60 }), value), { maxLength: 8 })
  .map(fields => new Map(fields.sort(([one], [other]) => one - other)))

/** Reads a value that was written as `written`. */
function read(reader: ThriftReader, written: unknown): unknown {
  if (typeof written === 'boolean') return reader.isTrue
  if (typeof written === 'number') return reader.readInt()
  if (typeof written === 'bigint') return BigInt(reader.readInt())
  if (written instanceof Uint8Array) return reader.readBinary()
  if (Array.isArray(written)) return Array.from({ length: reader.listSize() }, () => reader.readInt())
  const found: Record<string, unknown> = {}
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field))
    found[`field_${field}`] = field === 1 ? reader.readInt() : reader.isTrue
  return found
}

test('fields are read as they were written, or skipped, however the bytes are divided', () => {
  const property = fc.property(structs, fc.integer({ min: 1, max: 9 }), fc.boolean(), (fields, part, odd) => {
    const bytes = bytesOf(Object.fromEntries([...fields].map(([field, value]) => [`field_${field}`, value])))
    const reader = readerOf(bytes, part)
    const numbers: number[] = []
    for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
      numbers.push(field)
      const written = fields.get(field)
      if (field % 2 === Number(odd)) reader.skip()
      else expect(read(reader, written)).toEqual(written)
    }
    expect(numbers).toEqual([...fields.keys()])
    expect(() => reader.nextField(0)).toThrow('it ends too early')
  })
  fc.assert(property, { numRuns: randomCases(3000) })
})

test('a struct is passed over with all that is in it', () => {
  const inner = bytesOf({ field_1: { field_2: 'text', field_3: [1, 2] }, field_5: [Buffer.from('x')] })
  const reader = readerOf(Uint8Array.of(...inner, 0x15, 14, 0), 3)
  reader.skipStruct()
  expect([reader.nextField(0), reader.readInt(), reader.nextField(1)]).toEqual([1, 7, 0])
})

test('a double and a byte are passed over', () => {
  const double = [0x17, 1, 2, 3, 4, 5, 6, 7, 8]
  const reader = readerOf(Uint8Array.of(...double, 0x13, 9, 0x15, 3, 0), 2)
  const fields: number[] = []
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    fields.push(field)
    if (field === 3) expect(reader.readInt()).toBe(-2)
    else reader.skip()
  }
  expect(fields).toEqual([1, 2, 3])
})

test.each<[string, number[], (reader: ThriftReader) => unknown, RegExp]>([
  ['nothing', [], reader => reader.nextField(0), /ends too early/],
  ['a number that goes on', [0x80], reader => reader.readInt(), /ends too early/],
  ['a number without end', Array(12).fill(0x80), reader => reader.readInt(), /more than 64 bits/],
  ['bytes that are missing', [5, 1, 2], reader => reader.readBinary(), /ends too early/],
  ['a type that there is not', [0x1d], reader => [reader.nextField(0), reader.skip()], /of type 13/],
  ['a list that is cut', [0x19, 0x25, 2], reader => [reader.nextField(0), reader.skip()], /ends too early/],
])('%s is an error', (_, bytes, use, message) => {
  expect(() => use(readerOf(Uint8Array.from(bytes)))).toThrow(message)
  expect(() => use(readerOf(Uint8Array.from(bytes)))).toThrow(RangeError)
})

test('bytes behind the end are not read', () => {
  const bytes = bytesOf({ field_1: Buffer.from('abc') })
  const reader = readerOf(bytes, bytes.length, bytes.length - 2)
  reader.nextField(0)
  expect(() => reader.readBinary()).toThrow('it ends too early')
})
