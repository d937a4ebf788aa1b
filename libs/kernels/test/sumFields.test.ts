import fc from 'fast-check'
import { expect, test } from 'vitest'
import { layouts, putColumn } from './support/columns.ts'
import { int64Fields } from './support/int64Fields.ts'
import { at, kernels, scan } from './support/memory.ts'
import { int64 } from './twins/values.ts'

/** What the four parts of the total say. */
function total(): bigint {
  return (
    kernels.totalEights() * 100_000_000n +
    kernels.totalOnes() +
    (kernels.totalHalves() << 32n) +
    kernels.totalLow()
  )
}

test('sumFields adds what BigInt adds, whichever fields the scan found, and finds what is no int64', () => {
  fc.assert(
    fc.property(int64Fields, layouts, fc.nat({ max: 99 }), (fields, layout, parts) => {
      const valid = fields.filter(field => field === null || int64(field.text) !== undefined)
      const sum = valid.reduce(
        (sum, field) => sum + (field === null ? 0n : (int64(field.text) as bigint)),
        0n,
      )
      const { columns, column } = layout
      const { bytes, records } = putColumn(valid, layout)
      const step = 4 * columns
      const first = at.ends + 4 * column
      const split = first + Math.floor((records * parts) / 100) * step
      kernels.clearTotal()
      expect(kernels.sumFields(first, split, step, columns, column)).toBe(1)
      expect(kernels.sumFields(split, first + records * step, step, columns, column)).toBe(1)
      expect(total()).toBe(sum)
      // The first column's ends alone do not tell where a field begins, but it needs no more than what is in front of it.
      scan({ to: bytes.length, last: true, columns, column })
      kernels.clearTotal()
      expect(kernels.sumFields(at.ends, at.ends + 4 * records, 4, columns, column)).toBe(1)
      expect(total()).toBe(sum)
      fields.forEach((field, i) => {
        if (valid.includes(field)) return
        const flawed = valid.toSpliced(Math.min(i, valid.length), 0, field)
        const { records } = putColumn(flawed, layout)
        expect(kernels.sumFields(first, first + records * step, step, columns, column), field?.text).toBe(0)
      })
    }),
    { numRuns: 20_000 },
  )
})
