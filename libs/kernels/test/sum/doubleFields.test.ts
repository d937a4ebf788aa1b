import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { EVERY } from '../../src/index.ts'
import { type Field, fieldsOf, type Layout, layouts, putColumn } from '../support/columns.ts'
import { accumulator, addedDoubles, doubles } from '../support/doubles.ts'
import { at, kernels, scan } from '../support/memory.ts'
import { exactSum } from '../twins/exactSum.ts'
import { storedDouble } from '../twins/values.ts'

/** Adds up the column by what each scan that finds it left. They must agree. */
function addUp(fields: Field[], layout: Layout) {
  const { columns, column } = layout
  const { bytes, records } = putColumn(fields, layout)
  const first = column === 0 && columns > 1
  const add = (scanned: number, step: number, offset: number) => {
    scan({ to: bytes.length, last: true, columns, column: scanned })
    const from = at.ends + offset
    const to = from + records * step
    kernels.clearDoubles(accumulator)
    const fine = first
      ? kernels.sumFirstDoubleFields(accumulator, from, to)
      : kernels.sumDoubleFields(accumulator, from, to, step, columns, column)
    return fine ? addedDoubles() : undefined
  }
  const alone = add(first ? columns - 1 : column, 4, 0)
  if (!first) expect(add(EVERY, 4 * columns, 4 * column)).toEqual(alone)
  return alone
}

const texts = fc.oneof(
  { arbitrary: doubles.map(String), weight: 8 },
  { arbitrary: doubles.map(value => value.toExponential()), weight: 2 },
  {
    arbitrary: fc
      .tuple(fc.double({ min: -1e15, max: 1e15, noNaN: true }), fc.nat({ max: 20 }))
      .map(([value, digits]) => value.toFixed(digits)),
    weight: 4,
  },
  {
    arbitrary: fc.constantFrom('nan', 'inf', '-inf', '-0', '.5', '5.', '1e400', '9007199254740993'),
    weight: 2,
  },
  { arbitrary: fc.constantFrom('x', '-', '.', '1.2.3', '1e', '+1', ' 1', '1,5', '"', '1\n', ''), weight: 1 },
)

test('fields are added up as the doubles that Number reads, and what is no double is found', () => {
  const isValid = (field: Field) =>
    field === null || field.text === '' || storedDouble(field.text) !== undefined
  fc.assert(
    fc.property(fieldsOf(texts), layouts, (fields, layout) => {
      const valid = fields.filter(isValid)
      const values = valid.flatMap(field => (field?.text ? [storedDouble(field.text) as number] : []))
      expect(addUp(valid, layout)).toEqual(exactSum(values))
      fields.forEach((field, i) => {
        if (isValid(field)) return
        expect(
          addUp(valid.toSpliced(Math.min(i, valid.length), 0, field), layout),
          field?.text,
        ).toBeUndefined()
      })
    }),
    { numRuns: randomCases(20_000) },
  )
})
