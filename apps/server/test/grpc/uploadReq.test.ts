import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { UploadReq } from '@table/proto'
import { START_OVER } from '@table/table'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { CsvDataDecoder } from '../../src/grpc/uploadReq.ts'
import { chunksOf } from '../support/chunks.ts'

/** Returns what a decoder of whole messages finds: the last field 1, as the protobuf library reads it. */
function judge(message: Uint8Array): Uint8Array {
  const reader = new BinaryReader(message)
  let csvData = new Uint8Array()
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag()
    if (field === 1 && wireType === WireType.LengthDelimited) csvData = Uint8Array.from(reader.bytes())
    else skip(reader, wireType, field)
  }
  return csvData
}

/**
 * Works like the library's `skip`, except for varints: the library accepts any length, Google's decoders
 * refuse more than ten bytes.
 */
function skip(reader: BinaryReader, wireType: WireType, field: number): void {
  if (wireType === WireType.Varint) reader.uint64()
  else if (wireType !== WireType.StartGroup) reader.skip(wireType, field)
  else
    for (;;) {
      const [inner, innerType] = reader.tag()
      if (innerType !== WireType.EndGroup) skip(reader, innerType, inner)
      else if (inner === field) return
      else throw new Error(`field ${inner} ends the group of field ${field}`)
    }
}

function decode(chunks: readonly Uint8Array[]): Uint8Array {
  const decoder = new CsvDataDecoder()
  let parts: Uint8Array[] = []
  for (const chunk of chunks)
    for (const part of decoder.push(chunk)) {
      if (part === START_OVER) parts = []
      else parts.push(part)
    }
  decoder.end()
  return Uint8Array.from(Buffer.concat(parts))
}

type Field = (writer: BinaryWriter) => void

const number = fc.integer({ min: 1, max: 2 ** 29 - 1 })
const csvData = fc.uint8Array({ maxLength: 300 }).map<Field>(bytes => writer => {
  writer.tag(1, WireType.LengthDelimited).bytes(bytes)
})
const { field } = fc.letrec<{ field: Field }>(tie => ({
  field: fc.oneof(
    { maxDepth: 4 },
    csvData,
    fc.tuple(number, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map<Field>(([no, value]) => writer => {
      writer.tag(no, WireType.Varint).uint64(value)
    }),
    fc.tuple(number, fc.integer()).map<Field>(([no, value]) => writer => {
      writer.tag(no, WireType.Bit32).sfixed32(value)
    }),
    fc.tuple(number, fc.double()).map<Field>(([no, value]) => writer => {
      writer.tag(no, WireType.Bit64).double(value)
    }),
    fc.tuple(number, fc.uint8Array({ maxLength: 300 })).map<Field>(([no, bytes]) => writer => {
      writer.tag(no, WireType.LengthDelimited).bytes(bytes)
    }),
    fc.tuple(number, fc.array(tie('field'), { maxLength: 4 })).map<Field>(([no, fields]) => writer => {
      writer.tag(no, WireType.StartGroup)
      for (const write of fields) write(writer)
      writer.tag(no, WireType.EndGroup)
    }),
  ),
}))
const message = fc.array(field, { maxLength: 6 }).map(fields => {
  const writer = new BinaryWriter()
  for (const write of fields) write(writer)
  return writer.finish()
})

test('finds the last csv_data of any message, in any chunks', () => {
  fc.assert(
    fc.property(
      message.chain(bytes => fc.tuple(fc.constant(bytes), chunksOf(bytes))),
      ([bytes, chunks]) => {
        expect(decode(chunks)).toEqual(judge(bytes))
      },
    ),
    { numRuns: randomCases(2000) },
  )
})

test('accepts of damaged messages what the protobuf library accepts', () => {
  const damaged = fc
    .tuple(message, fc.nat(), fc.nat({ max: 255 }), fc.nat())
    .map(([bytes, at, value, end]) => {
      const copy = Uint8Array.from(bytes)
      if (copy.length > 0) copy[at % copy.length] = value
      return copy.subarray(0, copy.length - (end % 3))
    })
  const overlongVarint = Uint8Array.of(0x10, ...new Array(10).fill(0x80), 0x01)
  const tries = randomCases(5000)
  let refused = 0
  fc.assert(
    fc.property(damaged, bytes => {
      let expected: Uint8Array | undefined
      try {
        expected = judge(bytes)
      } catch {
        refused++
      }
      if (expected) expect(decode([bytes])).toEqual(expected)
      else expect(() => decode([bytes])).toThrow('not a protobuf message of type UploadReq')
    }),
    { numRuns: tries, examples: [[overlongVarint]] },
  )
  expect(refused).toBeGreaterThan(tries / 10)
})

test('reads what the generated encoder writes', () => {
  const bytes = Buffer.from('x,y\n1,2\n')
  expect(decode([UploadReq.encode({ csvData: bytes }).finish()])).toEqual(Uint8Array.from(bytes))
  expect(decode([])).toEqual(new Uint8Array())
})

test.each([
  ['field number 0', [0x00]],
  ['a tag of six bytes', [0x8a, 0x80, 0x80, 0x80, 0x80, 0x00]],
  ['a tag beyond 32 bits', [0x8a, 0x80, 0x80, 0x80, 0x10]],
  ['a length of six bytes', [0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]],
  ['a varint of eleven bytes', [0x10, ...new Array(10).fill(0x80), 0x00]],
  ['a wire type that does not exist', [0x0e]],
  ['a group that was not opened', [0x14]],
  ['a group that ends as another', [0x13, 0x1c]],
  ['a group that does not end', [0x13]],
  ['groups nested too deep', [...new Array(101).fill(0x13), ...new Array(101).fill(0x14)]],
  ['a field without its bytes', [0x0a, 0x02, 0x31]],
  ['a tag that is cut', [0x8a]],
  ['a length that is cut', [0x0a, 0x81]],
  ['a varint that is cut', [0x10, 0x80]],
  ['a fixed32 that is cut', [0x15, 1, 2, 3]],
  ['a fixed64 that is cut', [0x11, 1, 2, 3, 4, 5, 6, 7]],
])('refuses %s', (_what, bytes) => {
  expect(() => decode([Uint8Array.from(bytes)])).toThrow('not a protobuf message of type UploadReq')
})
