import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { EVERY } from '../../src/index.ts'
import { type Field, fieldOf, type Layout, layouts, putColumn } from '../support/columns.ts'
import { int64Fields } from '../support/int64Fields.ts'
import { at, kernels, scan } from '../support/memory.ts'
import { storedInt64 } from '../twins/values.ts'

/** What a field adds; undefined if it is no int64. Without a text it adds nothing, in quotes too. */
function added(field: Field): bigint | undefined {
  return field === null || field.text === '' ? 0n : storedInt64(field.text)
}

/** What the four parts of the total say. */
function total(): bigint {
  return (
    kernels.totalEights() * 100_000_000n +
    kernels.totalOnes() +
    (kernels.totalHalves() << 32n) +
    kernels.totalLow()
  )
}

/** Adds up the column in two parts, by what each scan that finds it left. They must agree. */
function addUp(bytes: Uint8Array, records: number, { columns, column }: Layout, parts: number) {
  const first = column === 0 && columns > 1
  const add = (scanned: number, step: number, offset: number) => {
    scan({ to: bytes.length, last: true, columns, column: scanned })
    const from = at.ends + offset
    const split = from + Math.floor((records * parts) / 100) * step
    const to = from + records * step
    kernels.clearTotal()
    const fine = [
      [from, split],
      [split, to],
    ].map(([a, b]) => (first ? kernels.sumFirstFields(a, b) : kernels.sumFields(a, b, step, columns, column)))
    return { fine: fine.every(Boolean), total: total() }
  }
  const alone = add(first ? columns - 1 : column, 4, 0)
  if (!first) expect(add(EVERY, 4 * columns, 4 * column).fine).toBe(alone.fine)
  if (!first && alone.fine) expect(total()).toBe(alone.total)
  return alone
}

test('sumFields adds what BigInt adds, whichever fields the scan found, and finds what is no int64', () => {
  fc.assert(
    fc.property(int64Fields, layouts, fc.nat({ max: 99 }), (fields, layout, parts) => {
      const valid = fields.filter(field => added(field) !== undefined)
      const sum = valid.reduce((sum, field) => sum + (added(field) as bigint), 0n)
      const { bytes, records } = putColumn(valid, layout)
      expect(addUp(bytes, records, layout, parts)).toEqual({ fine: true, total: sum })
      fields.forEach((field, i) => {
        if (valid.includes(field)) return
        const flawed = valid.toSpliced(Math.min(i, valid.length), 0, field)
        const { bytes, records } = putColumn(flawed, layout)
        expect(addUp(bytes, records, layout, parts).fine, field?.text).toBe(false)
      })
    }),
    { numRuns: randomCases(20_000) },
  )
})

test('an empty field adds nothing, in quotes or not', () => {
  fc.assert(
    fc.property(layouts, fc.nat({ max: 99 }), (layout, parts) => {
      const texts = ['5', '', '-7', '9223372036854775807', '']
      const fields = [null, ...texts.map(text => fieldOf(text, true)), null, fieldOf('8', false)]
      const { bytes, records } = putColumn(fields, layout)
      expect(addUp(bytes, records, layout, parts)).toEqual({ fine: true, total: 2n ** 63n + 5n })
    }),
    { numRuns: randomCases(500) },
  )
})
