import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { Checksum } from '../../src/checksum.ts'
import { closeFile, createFile } from '../../src/files.ts'
import { FileOutput } from '../../src/parquet/output.ts'
import { operationsOf } from '../support/directories.ts'
import { temporaryPath } from '../support/files.ts'

const path = temporaryPath('output')

function written(parts: readonly Uint8Array[]) {
  const file = createFile(path)
  const out = new FileOutput(file)
  const offsets = parts.map(part => {
    out.write(part)
    return out.offset
  })
  out.flush()
  closeFile(file)
  return { bytes: readFileSync(path), offsets, checksum: out.checksum.digest() }
}

test('parts of any size come one after the other, with their offsets and the checksum of all', () => {
  const sizes = fc.oneof(fc.nat(3), fc.nat(40_000), fc.integer({ min: 65_530, max: 65_542 }), fc.nat(200_000))
  const property = fc.property(fc.array(sizes, { maxLength: 6 }), lengths => {
    const parts = lengths.map((length, i) => Buffer.alloc(length, i + 1))
    const all = Buffer.concat(parts)
    const { bytes, offsets, checksum } = written(parts)
    expect(bytes.equals(all)).toBe(true)
    expect(offsets).toEqual(lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, one) => sum + one)))
    const expected = new Checksum()
    expected.update(all)
    expect(checksum).toEqual(expected.digest())
  })
  fc.assert(property, { numRuns: randomCases(500) })
})

test('small parts are written together', () => {
  const small = Array.from({ length: 1000 }, () => Buffer.alloc(100))
  const writes = operationsOf(() => written(small)).filter(operation => operation.startsWith('write'))
  expect(writes).toHaveLength(2)
})
