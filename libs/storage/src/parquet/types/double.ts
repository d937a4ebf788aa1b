import { parseDouble } from '../../csv/doubles.ts'
import { type ColumnKind, fixedWidthAppend } from './columnKind.ts'

export const double: ColumnKind = {
  schema: { type: 'DOUBLE' },
  width: 8,
  append: fixedWidthAppend(8, (bytes, start, end, { doubles }, index) => {
    const value = parseDouble(bytes, start, end)
    if (value === undefined) return false
    doubles[index] = value
    return true
  }),
  // parquet.thrift, Statistics: NaN is left out; a zero bound is -0 below and +0 above.
  range({ doubles, length }) {
    let min = Number.POSITIVE_INFINITY
    let max = Number.NEGATIVE_INFINITY
    let found = false
    for (let i = 0; i < length / 8; i++) {
      const value = doubles[i]
      if (Number.isNaN(value)) continue
      found = true
      if (value < min) min = value
      if (value > max) max = value
    }
    return found ? { min: min === 0 ? -0 : min, max: max === 0 ? 0 : max } : undefined
  },
}
